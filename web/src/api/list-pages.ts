import type { Verdict } from "./list-rules";
import type { Thread } from "./types";

/** As much of a list as is loaded, from its top. Changed lists are new lists. */
export interface ThreadIds {
  ids: readonly string[];
  /** Where to read on. */
  cursor: string | null;
  has_more: boolean;
  /** Where those stood that left lately, so that what follows them is found afterwards. */
  left?: ReadonlyMap<string, number>;
  /** Much was missed: rows below the first page may be old, and are read anew. */
  isSuspect?: boolean;
}

const KEPT_LEFT = 100;

type Read = (id: string) => Thread | undefined;
type Order = (one: Thread, other: Thread) => number;

function leave(list: ThreadIds, id: string, at: number): ThreadIds {
  const left = new Map([...(list.left ?? [])].slice(-KEPT_LEFT)).set(id, at);
  return { ...list, ids: list.ids.toSpliced(at, 1), left };
}

export function without(list: ThreadIds, ids: ReadonlySet<string>): ThreadIds {
  let after = list;
  for (const id of ids) {
    const at = after.ids.indexOf(id);
    if (at >= 0) after = leave(after, id, at);
  }
  return after;
}

/** The next page behind what there is; a row that moved down meanwhile is there only once. */
export function withPage(list: ThreadIds, page: ThreadIds): ThreadIds {
  const known = new Set(list.ids);
  return {
    ...list,
    ids: [...list.ids, ...page.ids.filter((id) => !known.has(id))],
    cursor: page.cursor,
    has_more: page.has_more,
  };
}

/**
 * The first page anew above what was loaded before, so that who has scrolled far keeps their
 * place. Where the two do not meet, only the page is left.
 */
export function withTop(
  list: ThreadIds,
  page: ThreadIds,
  order: Order | null,
  read: Read,
): ThreadIds {
  const last = page.ids.at(-1);
  if (!page.has_more || last === undefined || list.isSuspect) return page;
  const known = new Set(list.ids);
  if (!page.ids.some((id) => known.has(id))) return page;
  const tail = tailBehind(list, page, last, order, read);
  if (tail === null || tail.length === 0) return page;
  return { ...list, ids: [...page.ids, ...tail] };
}

function tailBehind(
  list: ThreadIds,
  page: ThreadIds,
  last: string,
  order: Order | null,
  read: Read,
): readonly string[] | null {
  const fresh = new Set(page.ids);
  const bottom = read(last);
  if (order && bottom) {
    return list.ids.filter((id) => {
      if (fresh.has(id)) return false;
      const thread = read(id);
      return thread !== undefined && order(thread, bottom) > 0;
    });
  }
  const at = list.ids.indexOf(last);
  // Without an order to go by, a last row that came from far below says nothing of the others.
  if (at < 0 || at > 2 * page.ids.length) return null;
  return list.ids.slice(at + 1).filter((id) => !fresh.has(id));
}

/** Where a thread stands in a list, or would stand. */
function placeOf(ids: readonly string[], thread: Thread, order: Order, read: Read): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = read(ids[middle] ?? "");
    if (other && order(other, thread) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The list after a thread changed; null where it must be asked for. */
export function withThread(
  list: ThreadIds,
  thread: Thread,
  verdict: Verdict,
  order: Order | null,
  read: Read,
): ThreadIds | null {
  const at = list.ids.indexOf(thread.id);
  if (verdict === false) return at < 0 ? list : leave(list, thread.id, at);
  if (verdict === null || !order) return null;
  const others = at < 0 ? list.ids : list.ids.toSpliced(at, 1);
  const place = placeOf(others, thread, order, read);
  if (place === at) return list;
  if (place === others.length && list.has_more) {
    return at < 0 ? list : leave(list, thread.id, at);
  }
  return { ...list, ids: others.toSpliced(place, 0, thread.id) };
}

/** The row after this one, or before where it is the last; also of one that left lately. */
export function besides(list: ThreadIds, id: string, step: 1 | -1 = 1): string | null {
  const at = list.ids.indexOf(id);
  if (at >= 0) return list.ids[at + step] ?? null;
  const was = list.left?.get(id);
  if (was === undefined) return list.ids[0] ?? null;
  // What stood below it has moved up to its place.
  return list.ids[step === 1 ? was : was - 1] ?? null;
}
