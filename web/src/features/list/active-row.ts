/**
 * The row that keys act on: the highlighted one, or what stands in its place since it left. Null
 * where none is highlighted.
 */
export function activeRow(
  ids: readonly string[],
  left: ReadonlyMap<string, number> | undefined,
  highlighted: string | null,
): string | null {
  if (highlighted === null || ids.includes(highlighted)) return highlighted;
  const was = left?.get(highlighted);
  if (was === undefined) return null;
  return ids[Math.min(was, ids.length - 1)] ?? null;
}

/** The row that a step leads to, from the active one; from none to the first. */
export function stepFrom(
  ids: readonly string[],
  left: ReadonlyMap<string, number> | undefined,
  from: string | null,
  step: number,
): string | null {
  if (from === null) return ids[0] ?? null;
  const at = ids.indexOf(from);
  const was = left?.get(from);
  const last = ids.length - 1;
  if (at >= 0) return ids[Math.max(0, Math.min(last, at + step))] ?? null;
  if (was === undefined) return ids[0] ?? null;
  // What followed the row that left has moved up to its place.
  return ids[Math.max(0, Math.min(last, step > 0 ? was + step - 1 : was + step))] ?? null;
}

export interface Shift {
  /** By how many rows what is on the screen moved down. */
  rows: number;
  /** How many rows above it were not there before. */
  arrived: number;
}

/** What a changed list does to the first row on the screen, or the next one that is still there. */
export function shiftOf(
  before: readonly string[],
  after: readonly string[],
  firstVisible: number,
): Shift {
  for (let at = firstVisible; at < Math.min(before.length, firstVisible + 50); at++) {
    const id = before[at];
    if (id === undefined) break;
    const now = after[at] === id ? at : after.indexOf(id);
    if (now < 0) continue;
    if (now === at && after[0] === before[0]) return { rows: 0, arrived: 0 };
    const known = new Set(before.slice(0, at));
    const arrived = after.slice(0, now).filter((one) => !known.has(one)).length;
    return { rows: now - at, arrived };
  }
  return { rows: 0, arrived: 0 };
}
