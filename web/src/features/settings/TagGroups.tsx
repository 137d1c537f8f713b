import { type SubmitEvent, useState } from "react";
import { faultsOf, refusalOf } from "@/api/form-faults";
import { useCreateTagGroup, useDeleteTagGroup, useUpdateTagGroup } from "@/api/tag-writes";
import type { TagGroup } from "@/api/types";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { ColourField } from "./ColourField";
import styles from "./parts.module.css";

interface Words {
  name: string;
  color: string;
}

function GroupForm({
  initial,
  submitLabel,
  isBusy,
  error,
  onSubmit,
  onCancel,
}: {
  initial: Words;
  submitLabel: string;
  isBusy: boolean;
  error: Error | null;
  onSubmit: (words: Words) => void;
  onCancel: () => void;
}) {
  const [name, setName] = useState(initial.name);
  const [color, setColor] = useState(initial.color);
  const faults = faultsOf(error, ["name", "color"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSubmit({ name: name.trim(), color: color.trim() });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <FormFault>{faults.rest}</FormFault>
      <Field
        label="Name of the group"
        required
        autoFocus
        maxLength={255}
        dir="auto"
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={faults.of["name"]}
      />
      <ColourField value={color} onChange={setColor} error={faults.of["color"]} />
      <div className={styles.actions}>
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {submitLabel}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}

export function AddTagGroup() {
  const create = useCreateTagGroup();
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <div>
        <Button onClick={() => setOpen(true)}>Add a group</Button>
      </div>
    );
  }
  return (
    <GroupForm
      initial={{ name: "", color: "#64748b" }}
      submitLabel="Add group"
      isBusy={create.isPending}
      error={create.error}
      onSubmit={(words) => create.mutate(words, { onSuccess: () => setOpen(false) })}
      onCancel={() => setOpen(false)}
    />
  );
}

export function TagGroupActions({ group, isEmpty }: { group: TagGroup; isEmpty: boolean }) {
  const update = useUpdateTagGroup();
  const remove = useDeleteTagGroup();
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      <Button
        size="small"
        aria-label={`Change the group ${group.name}`}
        onClick={() => setEditing(true)}
      >
        Change
      </Button>
      {isEmpty && (
        <Button
          size="small"
          aria-label={`Delete the group ${group.name}`}
          isBusy={remove.isPending}
          onClick={() => remove.mutate(group)}
        >
          Delete
        </Button>
      )}
      {remove.error && <FormFault>{`It was not deleted. ${refusalOf(remove.error)}`}</FormFault>}
      <Dialog open={isEditing} onOpenChange={setEditing} title={`Change ${group.name}`}>
        <GroupForm
          initial={group}
          submitLabel="Save"
          isBusy={update.isPending}
          error={update.error}
          onSubmit={(body) =>
            update.mutate({ group, body }, { onSuccess: () => setEditing(false) })
          }
          onCancel={() => setEditing(false)}
        />
      </Dialog>
    </>
  );
}
