import type { KeyboardEvent } from "react";
import { useAction } from "@/lib/actions";
import { EVERYTHING, type Selection, ranged, toggled } from "@/lib/selection";

/** The keys of the list: those of the table, and the arrows that every grid has. */
export function useRowKeys({
  ids,
  active,
  step,
  goTo,
  pageSize,
  isOpen,
  onOpen,
  selection,
  onSelectionChange,
}: {
  ids: readonly string[];
  active: string | null;
  step: (by: number) => void;
  goTo: (id: string | null) => void;
  pageSize: () => number;
  /** A thread is open already. */
  isOpen: boolean;
  onOpen: (id: string) => void;
  selection: Selection;
  onSelectionChange: (selection: Selection) => void;
}): (event: KeyboardEvent) => void {
  const has = { enabled: active !== null };
  useAction("next", () => step(1));
  useAction("previous", () => step(-1));
  useAction("open", () => active !== null && onOpen(active), {
    enabled: active !== null && !isOpen,
  });
  // Where none is highlighted it begins with the first, as a menu without keys does.
  const chosen = active ?? ids[0];
  useAction(
    "select",
    () => chosen !== undefined && onSelectionChange(toggled(selection, chosen, ids)),
    { enabled: chosen !== undefined },
  );
  useAction(
    "select-range",
    () => active !== null && onSelectionChange(ranged(selection, active, ids)),
    has,
  );
  useAction("select-all", () => onSelectionChange(EVERYTHING), { enabled: ids.length > 0 });

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: pageSize(),
      PageUp: -pageSize(),
    };
    const by = steps[event.key];
    if (by !== undefined) step(by);
    else if (event.key === "Home") goTo(ids[0] ?? null);
    else if (event.key === "End") goTo(ids.at(-1) ?? null);
    else if (event.key === " " && active !== null) {
      onSelectionChange(toggled(selection, active, ids));
    } else return;
    event.preventDefault();
  };
}
