import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { doubtThread } from "./cache";
import { appApi, outlivingPage, take } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";
import type { UnsentOut } from "./unsent";

type Schemas = components["schemas"];
export type HeldOut = Schemas["HeldOut"];
export type ThreadChange = Schemas["HeldChange"];
export type HeldCreate = Schemas["HeldCreate"];

/**
 * Holds a message back for a moment; where the server holds none back, it is sent at once. With
 * the same key it is done once, however often it is asked for.
 */
export async function holdMessage(
  client: QueryClient,
  body: HeldCreate,
  key: string,
): Promise<HeldOut> {
  const threadId = body.thread_id;
  const held = await take(appApi.POST("/held", { body, ...outlivingPage(body, key) }));
  client.setQueryData<UnsentOut>(
    keys.unsent(threadId),
    (before) => before && { ...before, reply: null },
  );
  void client.invalidateQueries({ queryKey: keys.unsentThreads });
  if (held.state === "held") {
    client.setQueryData<HeldOut[]>(keys.held, (before = []) => [
      ...before.filter(({ id }) => id !== held.id),
      held,
    ]);
  } else settled(client, threadId);
  return held;
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
    queryFn: async ({ signal }) => (await take(appApi.GET("/held", { signal }))).data,
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

const at = ({ id }: HeldOut) => ({ params: { path: { id } } });

export function useHeldWrites() {
  const client = useQueryClient();
  return {
    /** Makes it unsent text again. */
    takeBack: async (held: HeldOut): Promise<UnsentOut> => {
      const unsent = await take(appApi.DELETE("/held/{id}", at(held)));
      forget(client, held.id);
      client.setQueryData(keys.unsent(held.thread_id), unsent);
      void client.invalidateQueries({ queryKey: keys.unsentThreads });
      return unsent;
    },
    sendNow: async (held: HeldOut): Promise<void> => {
      await take(appApi.POST("/held/{id}/send", at(held)));
      forget(client, held.id);
      settled(client, held.thread_id);
    },
  };
}
