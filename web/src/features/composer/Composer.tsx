import { useNavigate, useSearch } from "@tanstack/react-router";
import { Lock, Reply as ReplyIcon, Sparkles } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { isGone } from "@/api/errors";
import { useMe } from "@/api/session";
import { useSignal } from "@/api/signal";
import { useThread } from "@/api/threads";
import type { Thread } from "@/api/types";
import { type Mode, useUnsent } from "@/api/unsent";
import { useAction, useKeyLabel } from "@/lib/actions";
import { useRested } from "@/lib/settled";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { Spinner } from "@/ui/Spinner";
import { CommentForm } from "./CommentForm";
import { loadEditor } from "./Editor";
import styles from "./Frame.module.css";
import { ReplyForm } from "./ReplyForm";
import { focusWantedIn } from "./focus-wanted";
import { recipientOf } from "./people";
import { useAfter } from "./use-draft";

interface ComposerProps {
  threadId: string;
  /** After an answer that also ends the thread: opens the next one. */
  onSentAndDone: () => void;
}

/** Where a thread is answered, and where the team talks about it: never both at once. */
export function Composer({ threadId, onSentAndDone }: ComposerProps) {
  const me = useMe();
  const { compose } = useSearch({ strict: false });
  const { data: thread, error } = useThread(threadId);
  // What is being written as the thread is deleted stays; nothing is begun then.
  if (!thread || (isGone(error) && compose === undefined)) return null;
  if (me.role === "VIEWER") {
    return (
      <p className={styles.readOnly}>
        You can read here, not write: your role is viewer. An admin can change that.
      </p>
    );
  }
  return <Open key={threadId} thread={thread} onSentAndDone={onSentAndDone} />;
}

function Open({ thread, onSentAndDone }: { thread: Thread; onSentAndDone: () => void }) {
  const { compose } = useSearch({ strict: false });
  const navigate = useNavigate();
  // By a key or a press it takes the focus; by an address it does not, so that keys go on working.
  const [wanted, setWanted] = useState<"none" | "focus" | "draft" | "back">("none");

  const isFocusWanted = useSignal(focusWantedIn) === thread.id;
  useEffect(() => {
    // Once it was open, it is as ever.
    if (isFocusWanted && compose !== undefined) return () => focusWantedIn.set(null);
    return undefined;
  }, [isFocusWanted, compose]);

  const go = (mode: Mode | undefined): void =>
    void navigate({
      to: ".",
      search: (before) => {
        const search = { ...before };
        delete search.compose;
        return mode ? { ...search, compose: mode } : search;
      },
      replace: compose !== undefined,
    });
  const open =
    (mode: Mode, want: "focus" | "draft" = "focus") =>
    (): void => {
      setWanted(want);
      go(mode);
    };
  useAction("reply", open("reply"), { enabled: compose !== "reply" });
  useAction("comment", open("comment"), { enabled: compose !== "comment" });
  useAction("use-draft", open("reply", "draft"), {
    enabled: compose !== "reply" && thread.ai_draft_html !== null,
  });
  useEffect(() => {
    // Fetched while nothing else is to be done, it is there when R is pressed.
    const idle = setTimeout(() => void loadEditor().catch(() => undefined), 100);
    return () => clearTimeout(idle);
  }, []);

  if (compose === undefined) {
    return <Closed thread={thread} onOpen={open} takesFocus={wanted === "back"} />;
  }
  const form = {
    thread,
    hasFocus: wanted === "focus" || wanted === "draft" || isFocusWanted,
    onMode: (mode: Mode) => {
      if (mode !== compose) open(mode)();
    },
    onClose: () => {
      setWanted("back");
      go(undefined);
    },
  };
  return compose === "reply" ? (
    <ReplyForm {...form} opensDraft={wanted === "draft"} onSentAndDone={onSentAndDone} />
  ) : (
    <CommentForm {...form} />
  );
}

// What was begun here is asked for once somebody stays at the thread.
const RESTS_MS = 200;

function Closed({
  thread,
  onOpen,
  takesFocus,
}: {
  thread: Thread;
  /** Whether it was just closed, so that the focus has somewhere to be. */
  takesFocus: boolean;
  onOpen: (mode: Mode, want?: "focus" | "draft") => () => void;
}) {
  const replyKey = useKeyLabel("reply");
  const commentKey = useKeyLabel("comment");
  const draftKey = useKeyLabel("use-draft");
  const { data: unsent } = useUnsent(thread.id, { enabled: useRested(RESTS_MS) });
  const isDrafting = useAfter(thread.ai_draft_started_at !== null, 400);
  const { label } = recipientOf(thread);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const at = document.activeElement;
    if (takesFocus && (at === null || at === document.body)) first.current?.focus();
  }, [takesFocus]);
  return (
    <div className={styles.closed}>
      <Button ref={first} className={styles.first} onClick={onOpen("reply")}>
        <ReplyIcon size={16} aria-hidden />
        <span className={styles.sendLabel}>{label === null ? "Reply" : `Reply to ${label}`}</span>
        {replyKey !== undefined && <Kbd>{replyKey}</Kbd>}
      </Button>
      <Button className={styles.second} onClick={onOpen("comment")}>
        <Lock size={16} aria-hidden />
        Comment
        {commentKey !== undefined && <Kbd>{commentKey}</Kbd>}
      </Button>
      {thread.ai_draft_html !== null && (
        <Button variant="quiet" onClick={onOpen("reply", "draft")}>
          <Sparkles size={16} aria-hidden />
          AI draft
          {draftKey !== undefined && <Kbd>{draftKey}</Kbd>}
        </Button>
      )}
      {isDrafting && (
        <Badge tone="accent">
          <Spinner />
          {thread.ai_draft_html === null ? "Drafting…" : "Updating…"}
        </Badge>
      )}
      {thread.ai_draft_error_at !== null && !isDrafting && (
        <Badge tone="danger">AI draft failed</Badge>
      )}
      {unsent?.reply?.problem != null && <Badge tone="danger">Reply not sent</Badge>}
      {unsent?.reply && unsent.reply.problem === null && <Badge tone="warn">Unsent reply</Badge>}
      {unsent?.comment && <Badge tone="note">Unsent note</Badge>}
    </div>
  );
}
