import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "@/api/keys";
import type { ThreadIds } from "@/api/list-pages";
import { prefetchThread } from "@/api/thread-content";
import type { Filters } from "@/lib/search-params";

// After what is on the screen was asked for, and before whoever runs through the list presses again.
const AFTER_MS = 60;

/** Loads the two threads below and the one above, which are likely to be next. */
export function usePrefetchNeighbours(threadId: string, view: string, filters: Filters): void {
  const client = useQueryClient();
  const key = JSON.stringify(filters);
  useEffect(() => {
    const timer = setTimeout(() => {
      const list = client.getQueryData<ThreadIds>(keys.threads(view, JSON.parse(key) as Filters));
      const ids = list?.ids ?? [];
      const at = ids.indexOf(threadId);
      for (const id of [ids[at + 1], ids[at + 2], at > 0 ? ids[at - 1] : undefined]) {
        if (id !== undefined) prefetchThread(client, id);
      }
    }, AFTER_MS);
    return () => clearTimeout(timer);
  }, [client, threadId, view, key]);
}
