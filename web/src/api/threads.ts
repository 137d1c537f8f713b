import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { askedAt, putThread, readThread, versionOfThread, watchThread } from "./cache";
import { takeAll, v2 } from "./client";
import { keys } from "./keys";
import type { Thread } from "./types";

export function threadQueryOptions(client: QueryClient, id: string) {
  return queryOptions({
    queryKey: keys.thread(id),
    queryFn: async ({ signal }): Promise<Thread> => {
      const answer = await takeAll(v2.GET("/threads/{id}", { params: { path: { id } }, signal }));
      putThread(client, answer.data, answer.version);
      return readThread(client, id) ?? answer.data;
    },
    initialData: () => readThread(client, id),
    initialDataUpdatedAt: () => askedAt(client, id),
    // What only a list told of has no version yet, without which it cannot be changed safely.
    staleTime: () => (versionOfThread(client, id) === null ? 0 : 60_000),
  });
}

/** An open thread: loaded, kept live, with its version known. */
export function useThread(id: string) {
  const client = useQueryClient();
  return useQuery(threadQueryOptions(client, id));
}

/** A thread that a list has loaded. Asks the server for nothing. */
export function useThreadRow(id: string): Thread | undefined {
  const client = useQueryClient();
  const watch = useCallback(
    (watcher: () => void) => watchThread(client, id, watcher),
    [client, id],
  );
  return useSyncExternalStore(watch, () => readThread(client, id));
}
