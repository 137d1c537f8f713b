import { useTagItems } from "@/pickers/tag-items";
import { Combobox } from "@/ui/Combobox";
import type { BulkTask } from "./bulk-words";

/** Picks tags that many threads get, or lose; their other tags stay. */
export function BulkTagPicker({
  verb,
  open,
  onOpenChange,
  onPick,
}: {
  verb: "add" | "remove";
  open: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onPick: (task: BulkTask) => void;
}) {
  const items = useTagItems();
  const word = verb === "add" ? "Add" : "Remove";
  return (
    <Combobox
      label={`${word} tags`}
      placeholder={`${word} tags…`}
      isMultiple
      items={items}
      value={[]}
      open={open}
      onOpenChange={onOpenChange}
      onChange={(ids) => {
        const names = ids.map((id) => items.find((item) => item.id === id)?.label ?? "…");
        const label = `${word} ${names.length === 1 ? "the tag" : "the tags"} ${names.join(", ")}`;
        onPick({
          label,
          change: verb === "add" ? { add_tag_ids: ids } : { remove_tag_ids: ids },
        });
      }}
    />
  );
}
