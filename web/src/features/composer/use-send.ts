import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ThreadChange } from "@/api/held";
import { ApiError, messageOf } from "@/api/errors";
import { holdMessage } from "@/api/held";
import { useMe } from "@/api/session";
import { allOf, useMessages } from "@/api/thread-content";
import type { Message } from "@/api/types";
import { announce } from "@/ui/LiveRegion";
import { markGone, withoutUnused } from "./attachments";
import { isBlank } from "./html";
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
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const seen = useSeen(threadId, isBlank(state.text.html));

  const send = async (then: ThreadChange, anyway = false): Promise<boolean> => {
    if (isBusy) return false;
    setBusy(true);
    setFailure(null);
    let { text } = keeper.get();
    try {
      // Saved first, so that no save of this text arrives after it has left.
      await Promise.race([keeper.flush(), pause(SAVE_AT_MOST_MS)]);
      text = keeper.get().text;
      const expected = anyway ? (seen.newer?.id ?? seen.seen) : seen.seen;
      const held = await holdMessage(client, {
        threadId,
        then,
        message: {
          content: text.html,
          cc: peopleToSend(text.cc),
          bcc: peopleToSend(text.bcc),
          attachments: filesToSend(withoutUnused(text.files, text.html)),
          ...(expected !== null && { expected_last_message_id: expected }),
        },
      });
      keeper.clear();
      seen.accept();
      announce(
        held.state === "held"
          ? `Sending in ${held.held_for} seconds. Press Z to take it back`
          : "Sent",
      );
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

/** What the server says stands in its own words, with what became of the text. */
function said(error: unknown): string {
  const issues = error instanceof ApiError ? error.issues : [];
  const reasons = issues.length > 0 ? issues.join(" ") : messageOf(error);
  return `It was not sent. ${reasons.replace(/([^.])$/, "$1.")} Your text is here; nothing of it is lost.`;
}
