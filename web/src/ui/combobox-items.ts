import { type ReactNode, useEffect, useState } from "react";

export interface ComboboxItem {
  id: string;
  label: string;
  /** Beside the label, quieter: the company of a contact. */
  detail?: string;
  icon?: ReactNode;
  /** The heading above it: items of one group stand together. */
  group?: string;
}

/** Something that can be made of what was typed. */
export interface CreateOption {
  label: string;
  icon?: ReactNode;
  /** What comes back is picked. */
  make: () => Promise<ComboboxItem>;
}

export type ItemSource =
  readonly ComboboxItem[] | ((query: string, signal: AbortSignal) => Promise<ComboboxItem[]>);

interface Found {
  items: readonly ComboboxItem[];
  isLoading: boolean;
  error: string | null;
}

const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const SEARCH_AFTER_MS = 150;

/** What a search finds: at once in a list, and after a pause in what answers later. */
export function useItems(source: ItemSource, query: string, isOpen: boolean): Found {
  const search = typeof source === "function" ? source : null;
  const [answer, setAnswer] = useState<Found & { query: string | null }>({
    query: null,
    items: [],
    isLoading: false,
    error: null,
  });
  useEffect(() => {
    if (!search || !isOpen) return;
    const abort = new AbortController();
    const timer = setTimeout(
      () => {
        search(query, abort.signal).then(
          (items) => {
            if (!abort.signal.aborted) setAnswer({ query, items, isLoading: false, error: null });
          },
          (error: unknown) => {
            if (abort.signal.aborted) return;
            const said = error instanceof Error ? error.message : "The search failed.";
            setAnswer({ query, items: [], isLoading: false, error: said });
          },
        );
      },
      query === "" ? 0 : SEARCH_AFTER_MS,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [search, query, isOpen]);
  if (search) return { ...answer, isLoading: answer.query !== query };
  const wanted = plain(query.trim());
  const all = source as readonly ComboboxItem[];
  const items =
    wanted === ""
      ? all
      : all.filter((item) => plain(`${item.label} ${item.detail ?? ""}`).includes(wanted));
  return { items, isLoading: false, error: null };
}

/** Runs of one group, with the place of each item in the whole list. */
export function groupsOf(
  items: readonly ComboboxItem[],
): { name: string | undefined; items: { item: ComboboxItem; at: number }[] }[] {
  const groups: { name: string | undefined; items: { item: ComboboxItem; at: number }[] }[] = [];
  items.forEach((item, at) => {
    const last = groups.at(-1);
    if (last && last.name === item.group) last.items.push({ item, at });
    else groups.push({ name: item.group, items: [{ item, at }] });
  });
  return groups;
}
