import { type QueryClient, hashKey, notifyManager, replaceEqualDeep } from "@tanstack/react-query";
import { askAtOnce } from "./ask-at-once";
import { keys } from "./keys";
import { type ThreadIds, without } from "./list-pages";
import type { Thread } from "./types";

export type Shown = Partial<Thread>;

interface Known {
  truth: Thread;
  /** The truth with the overlays upon it. */
  shown: Thread;
  /** When the server said so; 0 where it is known to be old. */
  at: number;
  version: number | null;
  /** What was done here and is not confirmed yet, by the number of the write. */
  overlays: Map<number, Shown>;
}

// Beside the query cache, which holds only the threads that were opened: each of its invalidations
// walks through all that it has, and lists load threads by the thousand. The truth is kept apart
// from the overlays upon it, so that a list or an event that comes in meanwhile does not take away
// what somebody just did, and a write that is refused leaves what the server says by then.
const stores = new WeakMap<QueryClient, Map<string, Known>>();

function storeOf(client: QueryClient): Map<string, Known> {
  let store = stores.get(client);
  if (!store) {
    store = new Map();
    stores.set(client, store);
  }
  return store;
}

function show(client: QueryClient, known: Known): void {
  const before = known.shown;
  // Most come in lists, by the hundred, with nothing upon them.
  const after: Thread =
    known.overlays.size === 0
      ? known.truth
      : (Object.assign({}, known.truth, ...known.overlays.values()) as Thread);
  known.shown = replaceEqualDeep(before, after);
  const key = keys.thread(after.id);
  if (client.getQueryCache().get(hashKey(key))) {
    client.setQueryData(key, known.shown, { ...(known.at > 0 && { updatedAt: known.at }) });
  }
  tell(client, after.id);
}

const watchers = new WeakMap<QueryClient, Map<string, Set<() => void>>>();

function tell(client: QueryClient, id: string): void {
  for (const watcher of watchers.get(client)?.get(id) ?? []) watcher();
}

/** Tells of each change of what a thread shows. Each row does this, so it is to cost next to nothing. */
export function watchThread(client: QueryClient, id: string, watcher: () => void): () => void {
  const all = watchers.get(client) ?? new Map<string, Set<() => void>>();
  watchers.set(client, all);
  const some = all.get(id) ?? new Set();
  all.set(id, some.add(watcher));
  return () => {
    some.delete(watcher);
    if (some.size === 0 && all.get(id) === some) all.delete(id);
  };
}

const isOlder = (thread: Thread, version: number | null, known: Known): boolean =>
  version !== null && known.version !== null
    ? version < known.version
    : Date.parse(thread.updated_at) < Date.parse(known.truth.updated_at);

/** Keeps what the server said of a thread, unless something newer is known. */
export function putThread(client: QueryClient, thread: Thread, version: number | null): void {
  const store = storeOf(client);
  const known = store.get(thread.id);
  if (known && isOlder(thread, version, known)) return;
  const same = known?.truth.updated_at === thread.updated_at ? known.version : null;
  const next: Known = {
    truth: thread,
    shown: known?.shown ?? thread,
    at: Date.now(),
    version: version ?? same,
    overlays: known?.overlays ?? new Map<number, Shown>(),
  };
  store.set(thread.id, next);
  show(client, next);
}

export function putThreads(client: QueryClient, threads: readonly Thread[]): void {
  notifyManager.batch(() => {
    for (const thread of threads) putThread(client, thread, null);
  });
}

/** As it is shown, unconfirmed changes and all. */
export function readThread(client: QueryClient, id: string): Thread | undefined {
  return storeOf(client).get(id)?.shown;
}

/** All that are loaded, in no order. */
export function readThreads(client: QueryClient): Thread[] {
  return [...storeOf(client).values()].map(({ shown }) => shown);
}

/** When the server said what is known of a thread; 0 where that is old. */
export const askedAt = (client: QueryClient, id: string): number =>
  storeOf(client).get(id)?.at ?? 0;

/** A thread is another by now: it is read anew, at once where it is open, else as it is opened. */
export function doubtThread(client: QueryClient, id: string): void {
  const known = storeOf(client).get(id);
  if (known) known.at = 0;
  askAtOnce(client, keys.thread(id));
}

/** So much was missed that none is known to be as it was. */
export function doubtThreads(client: QueryClient): void {
  for (const known of storeOf(client).values()) known.at = 0;
}

/** As the server last said it. */
export function readTruth(client: QueryClient, id: string): Thread | undefined {
  return storeOf(client).get(id)?.truth;
}

/** The version to send as If-Match; null where only a list has told of the thread. */
export function versionOfThread(client: QueryClient, id: string): number | null {
  return storeOf(client).get(id)?.version ?? null;
}

export function addOverlay(client: QueryClient, id: string, write: number, shown: Shown): void {
  const known = storeOf(client).get(id);
  if (!known) return;
  known.overlays.set(write, shown);
  show(client, known);
}

export function dropOverlay(client: QueryClient, id: string, write: number): void {
  const known = storeOf(client).get(id);
  if (known?.overlays.delete(write)) show(client, known);
}

/** Changes what every thread shows of a thing within it, such as the name of its contact. */
export function patchThreads(client: QueryClient, patch: (thread: Thread) => Thread): void {
  notifyManager.batch(() => {
    for (const known of storeOf(client).values()) {
      const truth = patch(known.truth);
      if (truth === known.truth) continue;
      known.truth = truth;
      show(client, known);
    }
  });
}

export function removeThread(client: QueryClient, id: string): void {
  storeOf(client).delete(id);
  removeFromLists(client, [id]);
  client.removeQueries({ queryKey: keys.thread(id), type: "inactive" });
  // Where it is open, the server's answer says that it is gone.
  void client.invalidateQueries({ queryKey: keys.thread(id) });
  tell(client, id);
}

export function removeFromLists(client: QueryClient, ids: readonly string[]): void {
  const gone = new Set(ids);
  client.setQueriesData<ThreadIds>(
    { queryKey: keys.allThreads },
    (list) => list && without(list, gone),
  );
}

/** What the cache is to forget when somebody else signs in. */
export function forgetEverything(client: QueryClient): void {
  stores.delete(client);
  client.clear();
}
