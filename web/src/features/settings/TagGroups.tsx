import { type ComponentProps, useState } from "react";
import { useCreateTagGroup, useDeleteTagGroup, useUpdateTagGroup } from "@/api/tag-writes";
import type { TagGroup } from "@/api/types";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ColourField } from "./ColourField";
import { NameForm, OpensForm, RowActions } from "./forms";

function GroupForm({
  group,
  onSubmit,
  ...form
}: {
  group?: TagGroup;
  onSubmit: (words: { name: string; color: string }) => void;
} & Pick<ComponentProps<typeof NameForm>, "action" | "writing" | "onCancel">) {
  const [color, setColor] = useState(group?.color ?? "#64748b");
  return (
    <NameForm
      {...form}
      label="Name of the group"
      initial={group?.name ?? ""}
      more={["color"]}
      onSubmit={(name) => onSubmit({ name, color: color.trim() })}
    >
      {(faults) => <ColourField value={color} onChange={setColor} error={faults["color"]} />}
    </NameForm>
  );
}

export function AddTagGroup() {
  const create = useCreateTagGroup();
  return (
    <OpensForm button={(open) => <Button onClick={open}>Add a group</Button>}>
      {(close) => (
        <GroupForm
          action="Add group"
          writing={create}
          onSubmit={(words) => create.mutate(words, { onSuccess: close })}
          onCancel={close}
        />
      )}
    </OpensForm>
  );
}

export function TagGroupActions({ group, isEmpty }: { group: TagGroup; isEmpty: boolean }) {
  const update = useUpdateTagGroup();
  const remove = useDeleteTagGroup();
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      <RowActions
        name={`the group ${group.name}`}
        onChange={() => setEditing(true)}
        onDelete={isEmpty ? () => remove.mutate(group) : undefined}
        deleting={remove}
      />
      <Dialog open={isEditing} onOpenChange={setEditing} title={`Change ${group.name}`}>
        <GroupForm
          group={group}
          action="Save"
          writing={update}
          onSubmit={(body) =>
            update.mutate({ group, body }, { onSuccess: () => setEditing(false) })
          }
          onCancel={() => setEditing(false)}
        />
      </Dialog>
    </>
  );
}
