import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { timeNow } from "@/lib/clock";
import { doubtThread } from "./cache";
import { take, v2 } from "./client";
import { keys } from "./keys";
import { signal, useSignal } from "./signal";

interface Undoable {
  /** Each of one write; several where many threads were changed in turns. */
  tokens: readonly string[];
  /** What was done, as words for the screen: "Done". */
  label: string;
  at: number;
  /** The threads that it touched, which are read anew. */
  threadIds: readonly string[];
}

// The server takes a token for ten minutes; a few seconds less, so that none is offered in vain.
const KEPT_MS = 9.5 * 60_000;
const undoables = signal<readonly Undoable[]>([]);

export function rememberUndo(
  token: string | readonly string[] | null,
  label: string,
  threadIds: readonly string[] = [],
): void {
  const tokens = typeof token === "string" ? [token] : (token ?? []);
  if (tokens.length === 0) return;
  undoables.set([...undoables.get().slice(-49), { tokens, label, at: timeNow(), threadIds }]);
}

/** Takes back what was done last here; null where nothing can be. */
export async function undoLast(client: QueryClient): Promise<Undoable | null> {
  const fresh = undoables.get().filter((one) => timeNow() - one.at < KEPT_MS);
  const last = fresh.at(-1);
  undoables.set(fresh.slice(0, -1));
  if (!last) return null;
  for (const token of last.tokens.toReversed()) {
    await take(v2.POST("/undo/{token}", { params: { path: { token } } }));
  }
  for (const id of last.threadIds) doubtThread(client, id);
  await Promise.all([
    client.invalidateQueries({ queryKey: keys.allThreads }),
    client.invalidateQueries({ queryKey: keys.relatedThreads }),
    client.invalidateQueries({ queryKey: keys.counts }),
  ]);
  return last;
}

export function useUndo() {
  const client = useQueryClient();
  const all = useSignal(undoables);
  return { last: all.at(-1) ?? null, undo: () => undoLast(client) };
}
