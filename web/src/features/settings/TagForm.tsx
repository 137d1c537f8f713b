import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useCreateTag, useUpdateTag } from "@/api/tag-writes";
import type { Tag, TagGroup } from "@/api/types";
import { TagIcon } from "@/lib/TagIcon";
import { useIcon } from "@/lib/icons";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { Select } from "@/ui/Select";
import { ColourField } from "./ColourField";
import { FormActions } from "./forms";
import styles from "./parts.module.css";

/** A new tag in a group, or one that there is. */
export function TagForm({
  tag,
  group,
  groups,
  onClose,
}: {
  tag?: Tag;
  group?: TagGroup;
  groups: readonly TagGroup[];
  onClose: () => void;
}) {
  const create = useCreateTag();
  const update = useUpdateTag();
  const [name, setName] = useState(tag?.name ?? "");
  const [color, setColor] = useState(tag?.color ?? group?.color ?? "#64748b");
  const [icon, setIcon] = useState(tag?.icon ?? "Tag");
  const [groupId, setGroupId] = useState(tag?.tag_group_id ?? group?.id ?? "");
  const hasPicture = useIcon(icon.trim()) !== null;
  const faults = faultsOf(create.error ?? update.error, ["name", "color", "icon", "tag_group_id"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const said = { name: name.trim(), color: color.trim(), icon: icon.trim() };
    if (!tag) {
      create.mutate({ ...said, tag_group_id: groupId }, { onSuccess: onClose });
      return;
    }
    const body = {
      ...(said.name !== tag.name && { name: said.name }),
      ...(said.color !== tag.color && { color: said.color }),
      ...(said.icon !== tag.icon && { icon: said.icon }),
      ...(groupId !== (tag.tag_group_id ?? "") && { tag_group_id: groupId }),
    };
    if (Object.keys(body).length === 0) onClose();
    else update.mutate({ tag, body }, { onSuccess: onClose });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <FormFault>{faults.rest}</FormFault>
      <Field
        label="Name of the tag"
        required
        autoFocus
        maxLength={255}
        dir="auto"
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={faults.of["name"]}
      />
      <ColourField value={color} onChange={setColor} error={faults.of["color"]} />
      <Field
        label="Icon"
        hint={
          hasPicture
            ? "The name of a lucide icon."
            : "No icon has this name; the first letter of the tag stands for it."
        }
        required
        maxLength={255}
        spellCheck={false}
        value={icon}
        onChange={(event) => setIcon(event.target.value)}
        error={faults.of["icon"]}
        end={<TagIcon tag={{ name, color, icon: icon.trim() }} size={32} />}
      />
      <Select
        label="Group"
        value={groupId}
        options={groups.map(({ id, name: label }) => ({ value: id, label }))}
        onChange={setGroupId}
      />
      <FormFault>{faults.of["tag_group_id"] ?? null}</FormFault>
      <FormActions
        label={tag ? "Save" : "Add tag"}
        isBusy={create.isPending || update.isPending}
        onCancel={onClose}
      />
    </form>
  );
}
