import { useQueryClient } from "@tanstack/react-query";
import { createTag } from "@/api/lookup-writes";
import { tagsQuery, useTagGroups, useTags } from "@/api/lookups";
import type { Tag } from "@/api/types";
import { Combobox } from "@/ui/Combobox";
import type { CreateOption } from "@/ui/combobox-items";
import { type PickerProps, given } from "./picker-props";
import { itemOf, useTagItems } from "./tag-items";

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
  const items = useTagItems();
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
