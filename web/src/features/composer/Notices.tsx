import { type ReactNode, type Ref } from "react";
import { isGone } from "@/api/errors";
import { useThread } from "@/api/threads";
import type { Message } from "@/api/types";
import { fullDate, shortTime, useNow } from "@/lib/dates";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import styles from "./Frame.module.css";
import { textOf } from "./html";
import type { UnsentKeeper } from "./unsent-keeper";
import type { KeeperState } from "./unsent-text";

export function Notice({
  tone = "plain",
  actions,
  children,
}: {
  tone?: "plain" | "warn" | "danger";
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div
      className={cx(styles.notice, tone !== "plain" && styles[tone])}
      role={tone === "danger" ? "alert" : "status"}
    >
      <div className={styles.noticeText}>{children}</div>
      {actions && <div className={styles.noticeActions}>{actions}</div>}
    </div>
  );
}

const senderOf = (message: Message): string => {
  const from = (message.from ?? {}) as { name?: unknown; email?: unknown };
  const [name] = [from.name, from.email].filter(
    (word): word is string => typeof word === "string" && word !== "",
  );
  return name ?? (message.direction === "outbound" ? "Somebody of your team" : "They");
};

/** Somebody answered while this was written: who, what, and the two ways on. */
export function MovedOn({
  message,
  isBusy,
  onSend,
  onKeep,
  first,
}: {
  message: Message;
  isBusy: boolean;
  onSend: () => void;
  onKeep: () => void;
  first: Ref<HTMLButtonElement>;
}) {
  const now = useNow();
  return (
    <Notice
      tone="warn"
      actions={
        <>
          <Button size="small" isBusy={isBusy} onClick={onSend}>
            Send anyway
          </Button>
          <Button ref={first} size="small" variant="primary" onClick={onKeep}>
            Keep writing
          </Button>
        </>
      }
    >
      <strong>{senderOf(message)}</strong>{" "}
      {message.direction === "outbound" ? "answered meanwhile" : "wrote meanwhile"},{" "}
      <time dateTime={message.created_at} title={fullDate(message.created_at)}>
        {shortTime(message.created_at, now)}
      </time>
      . Nothing was sent, and your text is here.
      <div className={styles.excerpt} dir="auto">
        {(message.text || textOf(message.html)).slice(0, 600)}
      </div>
    </Notice>
  );
}

/** The thread was deleted while this was written. What is typed stays, and so does the field. */
export function ThreadGone({ threadId }: { threadId: string }) {
  const { error } = useThread(threadId);
  if (!isGone(error)) return null;
  return (
    <Notice tone="warn">
      The thread was deleted meanwhile. Your text stays here, to be copied; it can be sent once the
      thread is brought back.
    </Notice>
  );
}

/** Another tab has another text. Both are there until one is chosen. */
export function OtherText({ state, keeper }: { state: KeeperState; keeper: UnsentKeeper }) {
  const { other } = state;
  if (!other) return null;
  return (
    <Notice
      tone="warn"
      actions={
        <>
          <Button size="small" onClick={() => keeper.choose("other")}>
            Use that
          </Button>
          <Button size="small" variant="primary" onClick={() => keeper.choose("this")}>
            Keep this
          </Button>
        </>
      }
    >
      You wrote something else in another tab or on another device,{" "}
      <time dateTime={other.at}>{fullDate(other.at)}</time>.
      <div className={styles.excerpt} dir="auto">
        {textOf(other.text.html).slice(0, 600) || "Only people or files."}
      </div>
    </Notice>
  );
}

/** Placeholders of a snippet that nothing was known for. */
export function NotFilledIn({
  words,
  onSend,
  onFill,
}: {
  words: readonly string[];
  onSend: () => void;
  onFill: () => void;
}) {
  return (
    <Notice
      tone="warn"
      actions={
        <>
          <Button size="small" onClick={onSend}>
            Send as it is
          </Button>
          <Button size="small" variant="primary" onClick={onFill}>
            Fill it in
          </Button>
        </>
      }
    >
      Not filled in: {words.join(", ")}
    </Notice>
  );
}
