import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, messageOf } from "@/api/errors";
import type { HeldOut, ThreadChange } from "@/api/held";
import { useMe } from "@/api/session";
import { allOf, useMessages } from "@/api/thread-content";
import type { Message } from "@/api/types";
import { announce } from "@/ui/LiveRegion";
import { markGone, withoutUnused } from "./attachments";
import { isBlank } from "./html";
import { sendKept } from "./send-kept";
import type { UnsentKeeper } from "./unsent-keeper";
import type { KeeperState } from "./unsent-text";
import { filesToSend, peopleToSend } from "./wire";

const SAVE_AT_MOST_MS = 1_500;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The last message that whoever writes has seen, and the one that came in since. */
function useSeen(threadId: string, isNothingWritten: boolean) {
  const me = useMe();
  const { data, refetch } = useMessages(threadId);
  const last = allOf(data)[0];
  const [seen, setSeen] = useState<string | null>(null);
  const isOwn = last?.direction === "outbound" && last.user_id === me.id;
  // What came in before anything was written stands above, to be read; one's own is no news.
  if (last && last.id !== seen && (seen === null || isNothingWritten || isOwn)) setSeen(last.id);
  const isNews = last !== undefined && seen !== null && last.id !== seen;
  return {
    seen,
    newer: isNews ? last : null,
    look: async (): Promise<Message | null> => allOf((await refetch()).data)[0] ?? null,
    accept: () => setSeen(last?.id ?? seen),
  };
}

export interface Sending {
  isBusy: boolean;
  /** Why it was not sent. */
  failure: string | null;
  /** Who answered meanwhile. */
  newer: Message | null;
  accept: () => void;
  /** Resolves to whether it was taken. */
  send: (then: ThreadChange, anyway?: boolean) => Promise<boolean>;
}

export function useSend(threadId: string, keeper: UnsentKeeper, state: KeeperState): Sending {
  const client = useQueryClient();
  const me = useMe();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const seen = useSeen(threadId, isBlank(state.text.html));

  const send = async (then: ThreadChange, anyway = false): Promise<boolean> => {
    if (isBusy) return false;
    setBusy(true);
    setFailure(null);
    const { text } = keeper.get();
    const expected = anyway ? (seen.newer?.id ?? seen.seen) : seen.seen;
    const body = {
      thread_id: threadId,
      content: text.html,
      cc: peopleToSend(text.cc),
      bcc: peopleToSend(text.bcc),
      attachments: filesToSend(withoutUnused(text.files, text.html)),
      ...(expected !== null && { expected_last_message_id: expected }),
      ...(Object.keys(then).length > 0 && { then }),
    };
    try {
      const held = await sendKept(client, me.id, { mode: "reply", threadId, body }, () =>
        // Saved first, so that no save of this text arrives after it has left.
        Promise.race([keeper.flush(), pause(SAVE_AT_MOST_MS)]),
      );
      keeper.sent(text);
      seen.accept();
      announce(sentWords(held));
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) {
        const newest = await seen.look().catch(() => null);
        announce("Somebody answered meanwhile. Nothing was sent");
        if (newest === null) setFailure(`${messageOf(error)} Your text is here.`);
      } else {
        const files = markGone(error, withoutUnused(text.files, text.html));
        if (files) keeper.change({ files });
        setFailure(said(error));
      }
      return false;
    } finally {
      setBusy(false);
    }
  };

  return {
    isBusy,
    failure,
    newer: seen.newer,
    accept: seen.accept,
    send,
  };
}

const sentWords = (held: HeldOut | null): string =>
  held?.state === "held" ? `Sending in ${held.held_for} seconds. Press Z to take it back` : "Sent";

/** What the server says stands in its own words, with what became of the text. */
function said(error: unknown): string {
  const issues = error instanceof ApiError ? error.issues : [];
  const reasons = issues.length > 0 ? issues.join(" ") : messageOf(error);
  if (error instanceof ApiError && error.status === 0) {
    return `${reasons} Nothing says that it was sent. Your text is here; sent again as it is, it goes out once.`;
  }
  return `It was not sent. ${reasons.replace(/([^.])$/, "$1.")} Your text is here; nothing of it is lost.`;
}
