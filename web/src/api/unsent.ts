import { useQuery } from "@tanstack/react-query";
import type { UnsentOut, UnsentThread } from "./app-types";
import { app } from "./client";
import { keys } from "./keys";

export type Mode = "reply" | "comment";

export interface UnsentPut {
  mode: Mode;
  html: string;
  cc?: unknown[];
  bcc?: unknown[];
  attachments?: unknown[];
  ai_draft_generated_at?: string | null;
  /** Null for none; left out, whatever is there is written over. */
  expected_updated_at?: string | null;
}

export const getUnsent = (threadId: string, abort?: AbortSignal): Promise<UnsentOut> =>
  app<UnsentOut>("GET", `/unsent/${threadId}`, undefined, abort);

export const putUnsent = (threadId: string, put: UnsentPut): Promise<UnsentOut> =>
  app<UnsentOut>("PUT", `/unsent/${threadId}`, put);

/** What the signed-in member wrote about a thread and did not send. */
export function useUnsent(threadId: string) {
  return useQuery({
    queryKey: keys.unsent(threadId),
    queryFn: ({ signal }) => getUnsent(threadId, signal),
    staleTime: 10_000,
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
