import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { appApi, take } from "./client";
import type { components } from "./schema";
import type { Thread } from "./types";

/** What a thread does not say itself: since when its customer waits, and whether its loop is closed. */
export type Loop = components["schemas"]["LoopOut"];

interface Loops {
  known: Map<string, Loop>;
  watchers: Map<string, Set<() => void>>;
  wanted: Set<string>;
  timer: ReturnType<typeof setTimeout> | undefined;
}

// As many as the server is asked for at once, and how long others are waited for.
const AT_ONCE = 50;
const TOGETHER_MS = 50;

const stores = new WeakMap<QueryClient, Loops>();

function loopsOf(client: QueryClient): Loops {
  let store = stores.get(client);
  if (!store) {
    store = { known: new Map(), watchers: new Map(), wanted: new Set(), timer: undefined };
    stores.set(client, store);
  }
  return store;
}

/** Whether a thread leaves open what its loop says. */
export function isLoopUnsaid(thread: Thread): boolean {
  if (thread.status === "done") return true;
  const { last_inbound_message_at: inbound, last_outbound_message_at: outbound } = thread;
  return (
    thread.status === "open" &&
    outbound !== null &&
    inbound !== null &&
    Date.parse(inbound) > Date.parse(outbound)
  );
}

/** Asks for the loops of threads where they do not say it themselves; many at once. */
export function wantLoops(client: QueryClient, threads: readonly Thread[]): void {
  const store = loopsOf(client);
  for (const thread of threads) if (isLoopUnsaid(thread)) store.wanted.add(thread.id);
  if (store.wanted.size > 0) store.timer ??= setTimeout(() => void ask(store), TOGETHER_MS);
}

async function ask(store: Loops): Promise<void> {
  const ids = [...store.wanted];
  store.wanted.clear();
  store.timer = undefined;
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    try {
      const params = { query: { thread_id: some } };
      const { data } = await take(appApi.GET("/loops", { params }));
      for (const loop of data) {
        store.known.set(loop.thread_id, loop);
        for (const watcher of store.watchers.get(loop.thread_id) ?? []) watcher();
      }
    } catch {
      // A courtesy: what the thread says itself is shown, and the next page asks again.
      return;
    }
  }
}

/** The loop of a thread, as far as somebody asked for it. */
export function useLoop(id: string): Loop | undefined {
  const store = loopsOf(useQueryClient());
  const watch = useCallback(
    (watcher: () => void) => {
      const watchers = store.watchers.get(id) ?? new Set();
      store.watchers.set(id, watchers.add(watcher));
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) store.watchers.delete(id);
      };
    },
    [store, id],
  );
  return useSyncExternalStore(watch, () => store.known.get(id));
}
