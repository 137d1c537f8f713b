export const TABS = ["new", "needs-response", "my", "open", "snoozed", "done"] as const;
export type Tab = (typeof TABS)[number];

export const SORTS = ["created_at", "last_activity", "oldest_waiting", "pain", "revenue"] as const;
export type Sort = (typeof SORTS)[number];

/** What narrows a view. Absent and empty mean the same, so only what says something is kept. */
export interface Filters {
  q?: string;
  tag?: string[];
  /** Ids of members, or `none`. */
  assignee?: string[];
  /** Ids of tiers of companies. */
  tier?: string[];
  sort?: Sort;
}

interface InboxSearch extends Filters {
  compose?: "reply" | "comment";
  panel?: string;
}

export function isTab(view: string): view is Tab {
  return (TABS as readonly string[]).includes(view);
}

const words = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.slice(0, 500) : undefined;

function list(value: unknown): string[] | undefined {
  const items = (Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [])
    .filter((item): item is string => typeof item === "string" && item !== "")
    .slice(0, 50);
  return items.length > 0 ? items : undefined;
}

/** Reads an address that anybody may have written; what it cannot mean is left out. */
export function inboxSearch(raw: Record<string, unknown>): InboxSearch {
  const q = words(raw["q"]);
  const tag = list(raw["tag"]);
  const assignee = list(raw["assignee"]);
  const tier = list(raw["tier"]);
  const sort = SORTS.find((known) => known === raw["sort"]);
  const compose = (["reply", "comment"] as const).find((known) => known === raw["compose"]);
  const panel = words(raw["panel"]);
  return {
    ...(q !== undefined && { q }),
    ...(tag && { tag }),
    ...(assignee && { assignee }),
    ...(tier && { tier }),
    ...(sort && { sort }),
    ...(compose && { compose }),
    ...(panel !== undefined && { panel }),
  };
}

export function filtersOf({ q, tag, assignee, tier, sort }: InboxSearch): Filters {
  return {
    ...(q !== undefined && { q }),
    ...(tag && { tag }),
    ...(assignee && { assignee }),
    ...(tier && { tier }),
    ...(sort && { sort }),
  };
}
