import type { QueryClient } from "@tanstack/react-query";
import { createComment } from "@/api/comment-writes";
import { ApiError } from "@/api/errors";
import { type HeldCreate, type HeldOut, holdMessage } from "@/api/held";
import { keys } from "@/api/keys";
import type { CommentCreate } from "@/api/types";
import { rememberUndo } from "@/api/undo";
import { putUnsent } from "@/api/unsent";
import { timeNow } from "@/lib/clock";
import { readStored, storedNames, writeStored } from "@/lib/stored";

/** What was said to be sent, about one thread. */
export type Outgoing =
  | { mode: "reply"; threadId: string; body: HeldCreate }
  | { mode: "comment"; threadId: string; body: CommentCreate };

/** The same, as this browser keeps it until the server has answered. */
export type KeptOutgoing = Outgoing & {
  /** By which the server knows it again, so that it is done once however often it is sent. */
  key: string;
  /** When Send was pressed. */
  at: number;
};

// What comes later would be a surprise: then it is text that was not sent.
const SENT_AGAIN_WITHIN_MS = 10 * 60_000;
const RUNNING_TRIES = 5;

const prefixOf = (memberId: string): string => `outgoing.${memberId}.`;
const nameOf = (memberId: string, { threadId, mode }: Outgoing): string =>
  `${prefixOf(memberId)}${threadId}.${mode}`;

// What got no answer may have arrived, so the same once more needs the same key.
const unanswered = new Map<string, KeptOutgoing>();

/** Keeps what is to be sent before anything is asked of the server: the page may go at any moment. */
export function keepOutgoing(memberId: string, outgoing: Outgoing): KeptOutgoing {
  const name = nameOf(memberId, outgoing);
  const before = readOutgoing(readStored(name)) ?? unanswered.get(name);
  const isSame = before && JSON.stringify(before.body) === JSON.stringify(outgoing.body);
  const kept = { ...outgoing, key: isSame ? before.key : crypto.randomUUID(), at: timeNow() };
  writeStored(name, JSON.stringify(kept));
  return kept;
}

/** It was taken, or refused: either way nothing of it is to be sent again by itself. */
export function forgetOutgoing(memberId: string, kept: KeptOutgoing, isUnanswered = false): void {
  const name = nameOf(memberId, kept);
  if (isUnanswered) unanswered.set(name, kept);
  else unanswered.delete(name);
  if (isKept(memberId, kept)) writeStored(name, null);
}

/** Whether it is still to be sent, whatever other tabs did. */
export function isKept(memberId: string, kept: KeptOutgoing): boolean {
  return readOutgoing(readStored(nameOf(memberId, kept)))?.key === kept.key;
}

/** What an earlier page of this browser said to send, and got no answer to. */
export function allOutgoing(memberId: string): KeptOutgoing[] {
  return storedNames(prefixOf(memberId)).flatMap((name) => {
    const kept = readOutgoing(readStored(name));
    return kept && name === nameOf(memberId, kept) ? [kept] : [];
  });
}

export const isTooOld = ({ at }: KeptOutgoing): boolean =>
  Math.abs(timeNow() - at) > SENT_AGAIN_WITHIN_MS;

/** Reads what this browser keeps, which anybody with the browser may have written. */
export function readOutgoing(stored: string | null): KeptOutgoing | null {
  try {
    const said = JSON.parse(stored ?? "null") as Partial<KeptOutgoing> | null;
    const isWhole =
      (said?.mode === "reply" || said?.mode === "comment") &&
      typeof said.threadId === "string" &&
      typeof said.key === "string" &&
      typeof said.at === "number" &&
      typeof (said.body as Partial<CommentCreate> | undefined)?.content === "string";
    return isWhole ? (said as KeptOutgoing) : null;
  } catch {
    return null;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The same request that is still at work, of a page that was left or of another tab. */
const isRunning = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.status === 409 && error.retryAfter !== null;

/** Sends it. What is held back is answered; a comment is there at once. */
export async function post(client: QueryClient, kept: KeptOutgoing): Promise<HeldOut | null> {
  for (let n = 0; ; n++) {
    try {
      if (kept.mode === "reply") return await holdMessage(client, kept.body, kept.key);
      const undoToken = await createComment(kept.threadId, kept.body, kept.key);
      rememberUndo(undoToken, "Note to the team", [kept.threadId]);
      void putUnsent(kept.threadId, { mode: "comment", html: "" }).catch(() => undefined);
      void client.invalidateQueries({ queryKey: keys.comments(kept.threadId) });
      return null;
    } catch (error) {
      if (!isRunning(error) || n === RUNNING_TRIES) throw error;
      await pause((error.retryAfter ?? 1) * 1000);
    }
  }
}
