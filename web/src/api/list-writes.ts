import { type InfiniteData, type QueryClient, notifyManager } from "@tanstack/react-query";
import type { Filters } from "@/lib/search-params";
import type { Session } from "./types";
import { readThread } from "./cache";
import { keys } from "./keys";
import { type ThreadIds, withThread } from "./list-pages";
import { knownQuestion } from "./list-question";
import { belongs, orderOf } from "./list-rules";

const STALE_AT_MOST_EVERY_MS = 1_000;
const timers = new WeakMap<QueryClient, Map<string, ReturnType<typeof setTimeout>>>();

export function meOf(client: QueryClient): string {
  return client.getQueryData<Session | null>(keys.session)?.member.id ?? "";
}

/** Asks for a list again, though not for each of many changes. */
function askAgain(client: QueryClient, queryKey: readonly unknown[]): void {
  const name = JSON.stringify(queryKey);
  const waiting = timers.get(client) ?? new Map<string, ReturnType<typeof setTimeout>>();
  timers.set(client, waiting);
  if (waiting.has(name)) return;
  const ask = (): void => {
    waiting.delete(name);
    void client.invalidateQueries({ queryKey, exact: true });
  };
  waiting.set(name, setTimeout(ask, STALE_AT_MOST_EVERY_MS));
}

/** Moves threads into and out of the loaded lists, as what they show decides it. */
export function placeThreads(client: QueryClient, ids: readonly string[]): void {
  const me = meOf(client);
  const read = (id: string) => readThread(client, id);
  notifyManager.batch(() => {
    for (const [queryKey, list] of client.getQueriesData<ThreadIds>({
      queryKey: keys.allThreads,
    })) {
      if (!list) continue;
      const [, view, filters] = queryKey as readonly [string, string, Filters];
      const question = knownQuestion(client, view, filters);
      const order = question && orderOf(question.sort);
      let after = list;
      let isKnown = true;
      for (const id of ids) {
        const thread = read(id);
        if (!thread) continue;
        const verdict = question && belongs(thread, question, me);
        const next = withThread(after, thread, verdict, order, read);
        if (next) after = next;
        else isKnown = false;
      }
      if (after !== list) {
        // A list that changed is no newer than it was: it is asked for again as before.
        const updatedAt = client.getQueryState(queryKey)?.dataUpdatedAt;
        client.setQueryData(queryKey, after, { ...(updatedAt && { updatedAt }) });
      }
      if (!isKnown) askAgain(client, queryKey);
    }
    askForRelated(client, ids);
  });
}

type Owned = Partial<Record<"contact_id" | "company_id", string[]>>;

/** Asks for the threads of a contact or a company again where one of these came or went. */
function askForRelated(client: QueryClient, ids: readonly string[]): void {
  for (const [queryKey, list] of client.getQueriesData<InfiniteData<ThreadIds>>({
    queryKey: keys.relatedThreads,
    type: "active",
  })) {
    const [, { contact_id, company_id }] = queryKey as readonly [string, Owned];
    const isMoved = ids.some((id) => {
      const thread = readThread(client, id);
      if (!list || !thread) return false;
      const isOfThem = contact_id
        ? contact_id.includes(thread.contact?.id ?? "")
        : company_id?.includes(thread.company?.id ?? "");
      return isOfThem !== list.pages.some((page) => page.ids.includes(id));
    });
    // Of long lists only the first are there, to which an older thread need not belong.
    if (isMoved) askAgain(client, queryKey);
  }
}
