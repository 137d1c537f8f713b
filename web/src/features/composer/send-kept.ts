import type { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/errors";
import type { HeldOut } from "@/api/held";
import { type KeptOutgoing, type Outgoing, forgetOutgoing, keepOutgoing, post } from "./outbox";

// A page that is left hears of a failed request before it goes, in some browsers.
const LEAVES_WITHIN_MS = 400;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const ASKED_AGAIN_AFTER_MS = [1_000, 3_000];

/** Nothing was said of it, and it may have been done: the connection broke off, or a proxy did. */
const isAnswerLost = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === "unreachable" || [502, 504].includes(error.status));

/** By the same key it is done once, so that to ask again tells whether it was. */
async function postUntilAnswered(client: QueryClient, kept: KeptOutgoing): Promise<HeldOut | null> {
  for (const wait of ASKED_AGAIN_AFTER_MS) {
    try {
      return await post(client, kept);
    } catch (error) {
      if (!isAnswerLost(error) || !navigator.onLine) throw error;
    }
    await pause(wait);
  }
  return post(client, kept);
}

/** What this page is sending now, which is not to be sent again beside it. */
export const underWay = new Set<string>();

/**
 * Sends what is kept here from before `prepare` to the server's answer, so that a page that is left
 * in between sends it all the same: as it goes, or once it is opened again. Throws why not; then it
 * is sent no more by itself.
 */
export async function sendKept(
  client: QueryClient,
  memberId: string,
  outgoing: Outgoing,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<HeldOut | null> {
  const kept = keepOutgoing(memberId, outgoing);
  const onLeave = (): void => void post(client, kept).catch(() => undefined);
  underWay.add(kept.key);
  window.addEventListener("pagehide", onLeave);
  try {
    await prepare();
    window.removeEventListener("pagehide", onLeave);
    const held = await postUntilAnswered(client, kept);
    forgetOutgoing(memberId, kept);
    return held;
  } catch (error) {
    const isUnanswered = error instanceof ApiError && error.isTransient;
    if (isUnanswered) await pause(LEAVES_WITHIN_MS);
    forgetOutgoing(memberId, kept, isUnanswered);
    throw error;
  } finally {
    window.removeEventListener("pagehide", onLeave);
    underWay.delete(kept.key);
  }
}
