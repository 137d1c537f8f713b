import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { sessionEnded } from "@/api/client";
import { keys } from "@/api/keys";
import { useMe } from "@/api/session";
import { useSignal } from "@/api/signal";
import { type Mode, type UnsentOut, getUnsent, putUnsent, useUnsent } from "@/api/unsent";
import { readStored, writeStored } from "@/lib/stored";
import { UnsentKeeper } from "./unsent-keeper";
import { readCopy, readText } from "./unsent-rules";
import type { KeeperState, ServerText } from "./unsent-text";

const open = new Map<string, UnsentKeeper>();

/** The one that is on the screen for a thread, so that its text is saved before another joins it. */
export function openKeeper(threadId: string, mode: Mode): UnsentKeeper | undefined {
  return open.get(`${threadId}.${mode}`);
}

const nameOf = (memberId: string, threadId: string, mode: Mode): string =>
  `unsent.${memberId}.${threadId}.${mode}`;

/** What was sent is no unsent text any more, on the screen or kept; what was written since is. */
export function textWasSent(memberId: string, threadId: string, mode: Mode, html: string): void {
  const keeper = openKeeper(threadId, mode);
  const name = nameOf(memberId, threadId, mode);
  if (keeper?.get().text.html === html) keeper.sent(keeper.get().text);
  else if (!keeper && readCopy(readStored(name))?.text.html === html) writeStored(name, null);
}

/** Saves what is on the screen and not saved yet. */
export async function flushOpen(): Promise<void> {
  await Promise.all([...open.values()].map((keeper) => keeper.flush()));
}

function partOf(unsent: UnsentOut, mode: Mode): ServerText | null {
  const part = unsent[mode];
  if (!part) return null;
  const problem = "problem" in part ? part.problem : null;
  return { text: readText({ ...part }), updated_at: part.updated_at, problem };
}

/** What somebody writes about a thread in one mode, kept wherever it can be. */
export function useKeeper(
  threadId: string,
  mode: Mode,
): { keeper: UnsentKeeper; state: KeeperState } {
  const client = useQueryClient();
  const me = useMe();
  const isSignedOut = useSignal(sessionEnded);
  const name = nameOf(me.id, threadId, mode);
  const [keeper] = useState(
    () =>
      new UnsentKeeper({
        readLocal: () => readCopy(readStored(name)),
        writeLocal: (copy) => {
          const stored = copy && JSON.stringify(copy);
          writeStored(name, stored);
          return readStored(name) === stored;
        },
        get: async () => partOf(await getUnsent(threadId), mode),
        put: async (put) => {
          const unsent = await putUnsent(threadId, { ...put, ...sent(put, mode), mode });
          client.setQueryData(keys.unsent(threadId), unsent);
          void client.invalidateQueries({ queryKey: keys.unsentThreads });
          return partOf(unsent, mode);
        },
      }),
  );
  const state = useSyncExternalStore(keeper.subscribe, keeper.get);

  const { data, isError } = useUnsent(threadId);
  useEffect(() => {
    if (data) keeper.arrived(partOf(data, mode));
    else if (isError) keeper.arrived(undefined);
  }, [keeper, mode, data, isError]);

  useEffect(() => {
    if (!isSignedOut) void keeper.flush();
  }, [keeper, isSignedOut]);

  useEffect(() => {
    const id = `${threadId}.${mode}`;
    open.set(id, keeper);
    const flush = (): void => void keeper.flush();
    const onStorage = (event: StorageEvent): void => {
      if (event.key === `looplane.${name}`) keeper.otherTab(readCopy(event.newValue));
    };
    window.addEventListener("storage", onStorage);
    window.addEventListener("online", flush);
    document.addEventListener("visibilitychange", flush);
    return () => {
      if (open.get(id) === keeper) open.delete(id);
      window.removeEventListener("storage", onStorage);
      window.removeEventListener("online", flush);
      document.removeEventListener("visibilitychange", flush);
      flush();
    };
  }, [keeper, threadId, mode, name]);

  return { keeper, state };
}

/** A comment has only words. */
const sent = (put: { ai_draft_generated_at?: string | null }, mode: Mode) =>
  mode === "reply"
    ? { ai_draft_generated_at: put.ai_draft_generated_at ?? null }
    : { cc: [], bcc: [], attachments: [], ai_draft_generated_at: null };
