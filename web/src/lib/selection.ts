/** Which rows of a list are marked: these ids, or all that the view has, loaded or not. */
export interface Selection {
  isAll: boolean;
  ids: ReadonlySet<string>;
  /** The row that was marked last, from which a range begins. */
  from: string | null;
}

export const NOTHING: Selection = { isAll: false, ids: new Set(), from: null };
export const EVERYTHING: Selection = { isAll: true, ids: new Set(), from: null };

export function isEmpty(selection: Selection): boolean {
  return !selection.isAll && selection.ids.size === 0;
}

export function isSelected(selection: Selection, id: string): boolean {
  return selection.isAll || selection.ids.has(id);
}

/** Of all but one, those are left that are on the screen: nobody marks what they cannot see. */
export function toggled(selection: Selection, id: string, loaded: readonly string[]): Selection {
  const ids = new Set(selection.isAll ? loaded : selection.ids);
  if (ids.has(id)) ids.delete(id);
  else ids.add(id);
  return { isAll: false, ids, from: id };
}

/** With all rows from the one that was marked last to this one. */
export function ranged(selection: Selection, id: string, loaded: readonly string[]): Selection {
  if (selection.isAll) return selection;
  const to = loaded.indexOf(id);
  const begin = selection.from === null ? -1 : loaded.indexOf(selection.from);
  if (to < 0) return selection;
  const from = begin < 0 ? to : begin;
  const rows = loaded.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { isAll: false, ids: new Set([...selection.ids, ...rows]), from: id };
}

export function selectionOf(ids: Iterable<string>): Selection {
  return { isAll: false, ids: new Set(ids), from: null };
}
