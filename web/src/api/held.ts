import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { doubtThread } from "./cache";
import { app, take, v2 } from "./client";
import { ApiError } from "./errors";
import { keys } from "./keys";
import type { components } from "./schema";
import type { UnsentOut } from "./unsent";

type Schemas = components["schemas"];
export type HeldOut = Schemas["HeldOut"];
export type ThreadChange = Schemas["HeldChange"];
export type NewMessage = Schemas["MessageCreate"];

export interface Outgoing {
  threadId: string;
  message: NewMessage;
  /** What becomes of the thread with it. */
  then: ThreadChange;
}

const isMissing = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 405);

/** Holds a message back for a moment; null where the server sends at once, which is done then. */
export async function holdMessage(
  client: QueryClient,
  { threadId, message, then }: Outgoing,
): Promise<HeldOut | null> {
  const body = { ...message, thread_id: threadId, ...(Object.keys(then).length > 0 && { then }) };
  let held: HeldOut | null = null;
  try {
    held = await app<HeldOut>("POST", "/held", body);
  } catch (error) {
    if (!isMissing(error) || (await isHeldThere())) throw error;
    const path = { path: { thread_id: threadId } };
    await take(v2.POST("/threads/{thread_id}/messages", { params: path, body: message }));
    if (Object.keys(then).length > 0) {
      const params = { path: { id: threadId } };
      await take(v2.PATCH("/threads/{id}", { params, body: then }));
    }
  }
  client.setQueryData<UnsentOut>(
    keys.unsent(threadId),
    (before) => before && { ...before, reply: null },
  );
  void client.invalidateQueries({ queryKey: keys.unsentThreads });
  if (held?.state === "held") {
    client.setQueryData<HeldOut[]>(keys.held, (before = []) => [...before, held]);
  } else settled(client, threadId);
  return held;
}

/** A server without held messages has no list of them; one with them had no such thread. */
async function isHeldThere(): Promise<boolean> {
  try {
    await app("GET", "/held");
    return true;
  } catch (error) {
    return !isMissing(error);
  }
}

/** What is to be read anew once a message went out, or did not. */
export function settled(client: QueryClient, threadId: string): void {
  doubtThread(client, threadId);
  for (const queryKey of [
    keys.messages(threadId),
    keys.unsent(threadId),
    keys.unsentThreads,
    keys.allThreads,
    keys.relatedThreads,
    keys.counts,
  ]) {
    void client.invalidateQueries({ queryKey });
  }
}

/** The member's messages that can still be taken back, the next one to leave first. */
export function useHeld() {
  return useQuery({
    queryKey: keys.held,
    queryFn: async ({ signal }) =>
      (await app<{ data: HeldOut[] }>("GET", "/held", undefined, signal)).data,
    staleTime: 5_000,
    retry: 0,
  });
}

const NONE: ReadonlySet<string> = new Set();

/** The threads to which an answer is about to leave. */
export function useHeldThreads(): ReadonlySet<string> {
  const { data } = useHeld();
  return useMemo(
    () => (data && data.length > 0 ? new Set(data.map((one) => one.thread_id)) : NONE),
    [data],
  );
}

const forget = (client: QueryClient, id: string): void =>
  void client.setQueryData<HeldOut[]>(keys.held, (before = []) =>
    before.filter((one) => one.id !== id),
  );

export function useHeldWrites() {
  const client = useQueryClient();
  return {
    /** Makes it unsent text again. */
    takeBack: async (held: HeldOut): Promise<UnsentOut> => {
      const unsent = await app<UnsentOut>("DELETE", `/held/${held.id}`);
      forget(client, held.id);
      client.setQueryData(keys.unsent(held.thread_id), unsent);
      void client.invalidateQueries({ queryKey: keys.unsentThreads });
      return unsent;
    },
    sendNow: async (held: HeldOut): Promise<void> => {
      await app<HeldOut>("POST", `/held/${held.id}/send`);
      forget(client, held.id);
      settled(client, held.thread_id);
    },
  };
}
