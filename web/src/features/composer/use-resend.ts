import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { sessionEnded } from "@/api/client";
import { ApiError, messageOf } from "@/api/errors";
import { settled } from "@/api/held";
import { keys } from "@/api/keys";
import { useMe } from "@/api/session";
import { useSignal } from "@/api/signal";
import type { Mode } from "@/api/unsent";
import { announce } from "@/ui/LiveRegion";
import { type KeptOutgoing, allOutgoing, forgetOutgoing, isKept, isTooOld, post } from "./outbox";
import { underWay } from "./send-kept";
import { textWasSent } from "./use-keeper";

const AGAIN_AFTER_MS = 5_000;

export interface Refused {
  key: string;
  threadId: string;
  mode: Mode;
  reason: string;
}

/** Sends what a page said to send that was left before the server answered. */
export function useResend(): { refused: readonly Refused[]; dismiss: (key: string) => void } {
  const client = useQueryClient();
  const { id: memberId } = useMe();
  const isSignedOut = useSignal(sessionEnded);
  const [refused, setRefused] = useState<readonly Refused[]>([]);

  useEffect(() => {
    if (isSignedOut) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refuse = ({ key, threadId, mode }: KeptOutgoing, reason: string): void =>
      setRefused((before) => [
        ...before.filter((one) => one.key !== key),
        { key, threadId, mode, reason },
      ]);
    const resendAll = async (): Promise<void> => {
      clearTimeout(timer);
      let isLeft = false;
      for (const kept of allOutgoing(memberId)) {
        if (underWay.has(kept.key)) continue;
        if (isTooOld(kept)) {
          forgetOutgoing(memberId, kept);
          refuse(kept, "The page was closed before it was sent.");
          continue;
        }
        const problem = await resend(client, memberId, kept);
        if (problem === "later") isLeft = true;
        else if (problem !== null) refuse(kept, problem);
      }
      if (isLeft) timer = setTimeout(run, AGAIN_AFTER_MS);
    };
    const run = (): void => void resendAll();
    run();
    window.addEventListener("online", run);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", run);
    };
  }, [client, memberId, isSignedOut]);

  return {
    refused,
    dismiss: (key) => setRefused((before) => before.filter((one) => one.key !== key)),
  };
}

/** Null once it is sent; else why it is not, or that it may be later. */
export async function resend(
  client: QueryClient,
  memberId: string,
  kept: KeptOutgoing,
): Promise<string | null> {
  underWay.add(kept.key);
  try {
    await post(client, kept);
    // Another tab that had the answer first may have gone on with the text meanwhile.
    if (isKept(memberId, kept)) {
      textWasSent(memberId, kept.threadId, kept.mode, kept.body.content);
      announce(kept.mode === "reply" ? "What you sent before is on its way" : "Note added");
    }
    forgetOutgoing(memberId, kept);
    void client.invalidateQueries({ queryKey: keys.held });
    settled(client, kept.threadId);
    return null;
  } catch (error) {
    if (error instanceof ApiError && (error.isTransient || error.status === 401)) return "later";
    forgetOutgoing(memberId, kept);
    return messageOf(error);
  } finally {
    underWay.delete(kept.key);
  }
}
