import { useQuery } from "@tanstack/react-query";
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
export const useCounts = (): Counts | undefined =>
  useQuery({
    queryKey: keys.counts,
    queryFn: ({ signal }) => take(appApi.GET("/counts", { signal })),
    staleTime: 15_000,
    refetchInterval: 120_000,
  }).data;
