import type { Filters } from "@/lib/search-params";

type Name = "tag" | "assignee" | "tier";

/** Filters with other values of one kind; nobody and somebody cannot both be assigned. */
export function filterChanged(filters: Filters, name: Name, ids: readonly string[]): Filters {
  const before = filters[name] ?? [];
  const isNobodyNew = name === "assignee" && ids.includes("none") && !before.includes("none");
  const kept = isNobodyNew
    ? ["none"]
    : name === "assignee" && ids.length > 1
      ? ids.filter((id) => id !== "none")
      : [...ids];
  const others = Object.fromEntries(
    Object.entries(filters).filter(([one]) => one !== name),
  ) as Filters;
  return kept.length === 0 ? others : { ...others, [name]: kept };
}

export function withoutFilter(filters: Filters, name: Name, id: string): Filters {
  return filterChanged(
    filters,
    name,
    (filters[name] ?? []).filter((one) => one !== id),
  );
}
