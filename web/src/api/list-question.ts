import type { QueryClient } from "@tanstack/react-query";
import { type Filters, isTab } from "@/lib/search-params";
import { keys } from "./keys";
import type { ListQuestion, ThreadFilter } from "./list-rules";
import type { paths } from "./schema";
import type { View } from "./types";
import { filtersOfView } from "./views";

type ThreadQuery = NonNullable<paths["/threads"]["get"]["parameters"]["query"]>;

/** The filters of an address, in the words of the server. */
function ownFilter({ tag, assignee, tier }: Filters): ThreadFilter {
  const members = assignee?.filter((id) => id !== "none") ?? [];
  return {
    ...(tag && { tag_id: tag }),
    ...(members.length > 0 && { assignee_id: members }),
    ...(members.length === 0 && assignee ? { unassigned: true } : {}),
    ...(tier && { company_tier: tier }),
  };
}

/** What a view and its filters mean as a question to the server. */
export function threadQuery(view: string, filters: Filters): ThreadQuery {
  return {
    ...(isTab(view) ? { tab: view, sort: "last_activity" } : { view }),
    ...(ownFilter(filters) as ThreadQuery),
    ...(filters.sort && { sort: filters.sort }),
  };
}

/** The same as rules that a thread can be held against; null where the view is not known yet. */
export function listQuestion(
  view: string,
  filters: Filters,
  views: readonly View[] | undefined,
): ListQuestion | null {
  const own = ownFilter(filters);
  if (isTab(view)) {
    return { filters: [{ tab: view }, own], sort: filters.sort ?? "last_activity" };
  }
  const saved = views?.find(({ id }) => id === view);
  if (!saved) return null;
  return { filters: [filtersOfView(saved), own], sort: filters.sort ?? saved.sort };
}

export function knownQuestion(client: QueryClient, view: string, filters: Filters) {
  return listQuestion(view, filters, client.getQueryData<View[]>(keys.views));
}

/**
 * The question as one filter, which a view or a bulk change can keep; null where two filters are
 * about the same, so that no single one means both.
 */
export function asOneFilter(question: ListQuestion): ThreadFilter | null {
  const whole: Record<string, unknown> = {};
  for (const filter of question.filters) {
    for (const [name, value] of Object.entries(filter)) {
      if (value === null) continue;
      const isAgreed = JSON.stringify(whole[name]) === JSON.stringify(value);
      if (name in whole && !isAgreed) return null;
      whole[name] = value;
    }
  }
  if (whole["unassigned"] === true && "assignee_id" in whole) return null;
  return whole;
}
