import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLoop, wantLoops } from "@/api/loops";
import type { Thread } from "@/api/types";

/** Whether the loop of a thread is closed: as its events say, or the server, where they are old. */
export function useClosedLoop(thread: Thread | undefined, said: boolean | null): boolean | null {
  const client = useQueryClient();
  const loop = useLoop(thread?.id ?? "");
  const isAsked = said === null && thread?.status === "done";
  useEffect(() => {
    if (isAsked) wantLoops(client, [thread]);
    // Only what is asked matters, not what else becomes of the thread.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, isAsked, thread?.id]);
  return said ?? loop?.is_closed ?? null;
}
