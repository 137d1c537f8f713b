import { useMemo } from "react";
import { useTagGroups, useTags } from "@/api/lookups";
import type { Tag, TagGroup } from "@/api/types";
import { TagIcon } from "@/lib/TagIcon";
import type { ComboboxItem } from "@/ui/combobox-items";

export const itemOf = (tag: Tag, group?: string): ComboboxItem => ({
  id: tag.id,
  label: tag.name,
  icon: <TagIcon tag={tag} />,
  ...(group !== undefined && { group }),
});

const byName = (one: string, other: string): number =>
  one.localeCompare(other, undefined, { numeric: true });

/** By the names of their groups and then their own, so that "Tag 9" stands before "Tag 10". */
export function itemsOf(tags: readonly Tag[], groups: readonly TagGroup[]): ComboboxItem[] {
  const names = new Map(groups.map((group) => [group.id, group.name]));
  return tags
    .map((tag) => itemOf(tag, names.get(tag.tag_group_id ?? "") ?? "Other"))
    .sort((a, b) => byName(a.group ?? "", b.group ?? "") || byName(a.label, b.label));
}

/** All tags, in the order in which they stand wherever one is picked. */
export function useTagItems(): ComboboxItem[] {
  const { data: tags } = useTags();
  const { data: groups } = useTagGroups();
  return useMemo(() => itemsOf(tags ?? [], groups ?? []), [tags, groups]);
}
