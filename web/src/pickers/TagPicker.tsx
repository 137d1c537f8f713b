import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { createTag } from "@/api/lookup-writes";
import { tagsQuery, useTagGroups, useTags } from "@/api/lookups";
import type { Tag, TagGroup } from "@/api/types";
import { TagIcon } from "@/lib/TagIcon";
import { Combobox } from "@/ui/Combobox";
import type { ComboboxItem, CreateOption } from "@/ui/combobox-items";
import { type PickerProps, given } from "./picker-props";

const itemOf = (tag: Tag, group?: string): ComboboxItem => ({
  id: tag.id,
  label: tag.name,
  icon: <TagIcon tag={tag} />,
  ...(group !== undefined && { group }),
});

function itemsOf(tags: readonly Tag[], groups: readonly TagGroup[]): ComboboxItem[] {
  const names = new Map(groups.map((group) => [group.id, group.name]));
  return tags
    .map((tag) => itemOf(tag, names.get(tag.tag_group_id ?? "") ?? "Other"))
    .sort((a, b) => (a.group ?? "").localeCompare(b.group ?? "") || a.label.localeCompare(b.label));
}

/** Picks any number of tags. A new one is made in the group that is chosen for it. */
export function TagPicker({
  value,
  onPick,
  ...rest
}: PickerProps & {
  /** The tags that there are. */
  value: readonly Tag[];
  onPick: (tags: Tag[]) => void;
}) {
  const client = useQueryClient();
  const { data: tags } = useTags();
  const { data: groups } = useTagGroups();
  const items = useMemo(() => itemsOf(tags ?? [], groups ?? []), [tags, groups]);
  const creates = (name: string): CreateOption[] =>
    (groups?.length ? [...groups].reverse() : groups ? [null] : []).map((group) => ({
      label: group ? `Create “${name}” in ${group.name}` : `Create “${name}”`,
      make: async () => itemOf(await createTag(client, name, group)),
    }));
  return (
    <Combobox
      {...given(rest)}
      label="Tags"
      placeholder="Find a tag…"
      isMultiple
      items={items}
      value={value.map((tag) => tag.id)}
      creates={creates}
      onChange={(ids) => {
        const known = [...value, ...(client.getQueryData(tagsQuery.queryKey) ?? tags ?? [])];
        onPick(ids.flatMap((id) => known.find((tag) => tag.id === id) ?? []));
      }}
    />
  );
}
