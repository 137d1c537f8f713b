import { useQuery } from "@tanstack/react-query";
import { app } from "./client";
import type { components } from "./schema";

type UnsentThread = components["schemas"]["UnsentThread"];

/** Beside the keys of one thread's text, so that a change of one does not ask for all. */
export const unsentThreadsKey = ["unsent-threads"] as const;

const NOBODY: ReadonlyMap<string, UnsentThread> = new Map();

/** The threads about which one wrote something that is not sent, by their ids. */
export function useUnsentThreads(): ReadonlyMap<string, UnsentThread> {
  const { data } = useQuery({
    queryKey: unsentThreadsKey,
    queryFn: async ({ signal }) => {
      const page = await app<components["schemas"]["UnsentPage"]>(
        "GET",
        "/unsent",
        undefined,
        signal,
      );
      return page.data;
    },
    staleTime: 60_000,
    refetchOnWindowFocus: true,
    select: byThread,
  });
  return data ?? NOBODY;
}

function byThread(threads: UnsentThread[]): ReadonlyMap<string, UnsentThread> {
  return new Map(threads.map((one) => [one.thread_id, one]));
}
