import { useQuery } from "@tanstack/react-query";
import { appApi, take } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type UnsentOut = Schemas["UnsentOut"];
type UnsentThread = Schemas["UnsentThread"];
export type UnsentPut = Schemas["UnsentPut"];
export type Mode = UnsentPut["mode"];

const at = (threadId: string) => ({ params: { path: { thread_id: threadId } } });

export const getUnsent = (threadId: string, signal?: AbortSignal): Promise<UnsentOut> =>
  take(appApi.GET("/unsent/{thread_id}", { ...at(threadId), ...(signal && { signal }) }));

export const putUnsent = (threadId: string, body: UnsentPut): Promise<UnsentOut> =>
  take(appApi.PUT("/unsent/{thread_id}", { ...at(threadId), body }));

/** What the signed-in member wrote about a thread and did not send. */
export function useUnsent(threadId: string, { enabled = true }: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: keys.unsent(threadId),
    queryFn: ({ signal }) => getUnsent(threadId, signal),
    staleTime: 10_000,
    enabled,
    refetchOnWindowFocus: "always",
    retry: 1,
  });
}

/** The threads about which one wrote what is not sent, and whether a reply could not be. */
export function useUnsentThreads(): ReadonlyMap<string, UnsentThread> {
  const { data = NOTHING } = useQuery({
    // Beside the keys of one thread's text, so that a change of one does not ask for all.
    queryKey: keys.unsentThreads,
    queryFn: async ({ signal }) => (await take(appApi.GET("/unsent", { signal }))).data,
    staleTime: 30_000,
    retry: 0,
    select: byThread,
  });
  return data;
}

const NOTHING: ReadonlyMap<string, UnsentThread> = new Map();

const byThread = (threads: readonly UnsentThread[]): ReadonlyMap<string, UnsentThread> =>
  new Map(threads.map((one) => [one.thread_id, one]));
