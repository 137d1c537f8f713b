import { useQuery } from "@tanstack/react-query";
import { app } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type UnsentOut = Schemas["UnsentOut"];
export type UnsentThread = Schemas["UnsentThread"];
export type UnsentPut = Schemas["UnsentPut"];
export type Mode = UnsentPut["mode"];

export const getUnsent = (threadId: string, abort?: AbortSignal): Promise<UnsentOut> =>
  app<UnsentOut>("GET", `/unsent/${threadId}`, undefined, abort);

export const putUnsent = (threadId: string, put: UnsentPut): Promise<UnsentOut> =>
  app<UnsentOut>("PUT", `/unsent/${threadId}`, put);

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

/** The threads with text that is not sent, and whether a reply of theirs could not be. */
export function useUnsentThreads({ enabled = true }: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: keys.unsentThreads,
    queryFn: async ({ signal }) =>
      (await app<{ data: UnsentThread[] }>("GET", "/unsent", undefined, signal)).data,
    staleTime: 30_000,
    enabled,
    retry: 0,
  });
}
