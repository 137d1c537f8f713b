import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { formatNumber } from "@/lib/numbers";
import { isTab } from "@/lib/search-params";
import { appApi, take } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";

type Counts = components["schemas"]["CountsOut"];

export interface Count {
  count: number;
  /** There are more than those that were counted. */
  isMore: boolean;
  /** Null where it is not known, as of a saved view. */
  unread: number | null;
}

const countsQuery = queryOptions({
  queryKey: keys.counts,
  queryFn: ({ signal }) => take(appApi.GET("/counts", { signal })),
  staleTime: 15_000,
  refetchInterval: 120_000,
});

const SOON_MS = 250;
const AT_MOST_EVERY_MS = 1_000;
const asked = new WeakMap<QueryClient, { at: number; isDue: boolean }>();

/** Counts are others by now: they are asked for soon, once for the many changes of a moment. */
export function staleCounts(client: QueryClient): void {
  const last = asked.get(client) ?? { at: -Infinity, isDue: false };
  if (last.isDue) return;
  const now = performance.now();
  const wait = Math.max(SOON_MS, last.at + AT_MOST_EVERY_MS - now);
  asked.set(client, { at: now + wait, isDue: true });
  setTimeout(() => {
    asked.set(client, { at: now + wait, isDue: false });
    void client.invalidateQueries({ queryKey: keys.counts });
  }, wait);
}

export function countOf(counts: Counts | undefined, view: string): Count | null {
  if (!counts) return null;
  if (isTab(view)) {
    const { count, is_more, unread } = counts.tabs[view];
    return { count, isMore: is_more, unread };
  }
  const found = counts.views.find(({ id }) => id === view);
  if (found?.count == null) return null;
  return { count: found.count, isMore: found.is_more, unread: null };
}

/** "12", "1,000+". */
export function countText({ count, isMore }: Pick<Count, "count" | "isMore">): string {
  return formatNumber(count) + (isMore ? "+" : "");
}

/** How many threads each tab and each view has; what it shows is asked for again by events. */
export const useCounts = (): Counts | undefined => useQuery(countsQuery).data;
