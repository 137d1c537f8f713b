import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { messageOf } from "@/api/errors";
import { type HeldOut, settled, useHeld, useHeldWrites } from "@/api/held";
import { keys } from "@/api/keys";
import { useThread } from "@/api/threads";
import { useUndo } from "@/api/undo";
import { type Mode, useUnsentThreads } from "@/api/unsent";
import { timeNow } from "@/lib/clock";
import { useAction, useKeyLabel } from "@/lib/actions";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { announce } from "@/ui/LiveRegion";
import styles from "./HeldBar.module.css";
import { focusWantedIn } from "./focus-wanted";
import { recipientOf } from "./people";
import { openKeeper } from "./use-keeper";
import { useResend } from "./use-resend";

const AFTER_DUE_MS = 1_200;

/** What is held back and for how long, wherever one is; and what could not be sent. */
export function HeldBar() {
  const { data: held = [] } = useHeld();
  const unsent = useUnsentThreads();
  const { threadId: openId } = useParams({ strict: false });
  const { refused, dismiss } = useResend();
  const failed = [...unsent.values()].filter((one) => one.has_problem && one.thread_id !== openId);
  if (held.length + failed.length + refused.length === 0) return null;
  return (
    <div className={styles.bars} role="region" aria-label="Outgoing messages">
      {held.map((one, at) => (
        <Held key={one.id} held={one} isLast={at === held.length - 1} />
      ))}
      {failed.slice(0, 3).map((one) => (
        <Failed key={one.thread_id} threadId={one.thread_id} mode="reply" />
      ))}
      {refused.slice(0, 3).map(({ key, ...one }) => (
        <Failed key={key} {...one} onOpen={() => dismiss(key)} />
      ))}
    </div>
  );
}

function useOpenComposer() {
  const navigate = useNavigate();
  const { view = "open" } = useParams({ strict: false });
  return (threadId: string, compose: Mode) => {
    focusWantedIn.set(threadId);
    void navigate({
      to: "/inbox/$view/$threadId",
      params: { view, threadId },
      search: (before) => ({ ...before, compose }),
    });
  };
}

function useSecondsTo(iso: string, most: number): number {
  const left = (): number =>
    Math.min(most, Math.max(0, Math.ceil((Date.parse(iso) - timeNow()) / 1000)));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(left()), 250);
    return () => clearInterval(timer);
  });
  return seconds;
}

function Held({ held, isLast }: { held: HeldOut; isLast: boolean }) {
  const client = useQueryClient();
  const { data: thread } = useThread(held.thread_id);
  const { takeBack, sendNow } = useHeldWrites();
  const { last } = useUndo();
  const openComposer = useOpenComposer();
  const undoKey = useKeyLabel("undo");
  const seconds = useSecondsTo(held.due_at, held.held_for);
  const [busy, setBusy] = useState<"undo" | "send" | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const isDue = seconds === 0;
  const to = (thread && recipientOf(thread).label) ?? "them";

  useEffect(() => {
    if (!isDue) return;
    const look = (): void => {
      void client.invalidateQueries({ queryKey: keys.held });
      settled(client, held.thread_id);
    };
    const timer = setInterval(look, AFTER_DUE_MS);
    return () => {
      clearInterval(timer);
      // It left the list: it was sent, or came back, and both are read anew.
      settled(client, held.thread_id);
    };
  }, [isDue, client, held.thread_id]);

  const run = async (what: "undo" | "send"): Promise<void> => {
    setBusy(what);
    setProblem(null);
    try {
      if (what === "send") {
        await sendNow(held);
        announce("Sent");
      } else {
        // What was written since is saved first, so that the two texts are put together.
        await openKeeper(held.thread_id, "reply")?.flush();
        await takeBack(held);
        announce("Taken back. Your text is in the reply");
        openComposer(held.thread_id, "reply");
      }
    } catch (error) {
      setProblem(messageOf(error));
      void client.invalidateQueries({ queryKey: keys.held });
    } finally {
      setBusy(null);
    }
  };
  const isNewest = last === null || last.at <= Date.parse(held.created_at);
  useAction("undo", () => void run("undo"), { enabled: isLast && isNewest && !isDue });

  return (
    <div className={styles.bar}>
      <span className={styles.text}>
        <span className={styles.to}>Sending to {to}</span>
        <span className={styles.seconds}>{isDue ? "…" : ` in ${seconds} s`}</span>
        {problem !== null && <span className={styles.problem}> {problem}</span>}
      </span>
      {!isDue && (
        <>
          <Button size="small" isBusy={busy === "undo"} onClick={() => void run("undo")}>
            Undo
            {isLast && isNewest && undoKey !== undefined && <Kbd>{undoKey}</Kbd>}
          </Button>
          <Button
            size="small"
            variant="quiet"
            isBusy={busy === "send"}
            onClick={() => void run("send")}
          >
            Send now
          </Button>
        </>
      )}
    </div>
  );
}

function Failed({
  threadId,
  mode,
  reason = "",
  onOpen,
}: {
  threadId: string;
  mode: Mode;
  reason?: string;
  onOpen?: () => void;
}) {
  const { data: thread } = useThread(threadId);
  const openComposer = useOpenComposer();
  const to = (thread && recipientOf(thread).label) ?? "somebody";
  const what =
    mode === "reply" ? `A reply to ${to} could not be sent.` : "A note could not be added.";
  return (
    <div className={styles.bar} data-tone="danger" role="alert">
      <span className={styles.text}>
        {what} {reason} Its text is kept.
      </span>
      <Button
        size="small"
        onClick={() => {
          onOpen?.();
          openComposer(threadId, mode);
        }}
      >
        Open
      </Button>
    </div>
  );
}
