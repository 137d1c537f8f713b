import { Hash, Mail, Megaphone, MessageSquare, MessagesSquare } from "lucide-react";
import { type ReactNode, memo, useMemo, useState } from "react";
import type { Message } from "@/api/types";
import { foldPlain } from "@/lib/plain-folds";
import { readPlain, showNodes } from "@/lib/plain-html";
import { Avatar } from "@/ui/Avatar";
import { cx } from "@/ui/cx";
import styles from "./Card.module.css";
import { Files } from "./Files";
import { MailFrame } from "./MailFrame";
import { When } from "./When";
import { filesOf, isInline } from "./attachments";
import { type Person, peopleOf, personOf } from "./people";

const CHANNELS = {
  email: { name: "Email", Icon: Mail },
  slack: { name: "Slack", Icon: Hash },
  chat: { name: "Chat", Icon: MessageSquare },
  live_chat: { name: "Live chat", Icon: MessagesSquare },
  feedback: { name: "Feedback", Icon: Megaphone },
} as const;

/** One message of whatever channel: who, how, when, and what was said. */
export const MessageCard = memo(function MessageCard({
  message,
  labelId,
}: {
  message: Message;
  labelId: string;
}) {
  const from = personOf(message.from);
  const { name: channel, Icon } = CHANNELS[message.type];
  const isOurs = message.direction === "outbound";
  const files = filesOf(message.attachments).filter((file) => !isInline(file, message.html));
  return (
    <div className={cx(styles.card, isOurs && styles.outbound)}>
      <div className={styles.top}>
        <Avatar name={from.name} size={24} />
        <span className={styles.who} id={labelId}>
          <span className={styles.name} dir="auto" title={from.email ?? undefined}>
            {from.name}
          </span>
          <span className="visually-hidden">
            {isOurs ? ", from the team, by " : ", by "}
            {channel}
          </span>
        </span>
        <span className={styles.channel} title={channel}>
          <Icon size={14} aria-hidden />
        </span>
        <span className={styles.grow} />
        <When at={message.created_at} />
      </div>
      <Recipients message={message} from={from} />
      <Body message={message} sender={from.email} />
      <Files messageId={message.id} files={files} />
    </div>
  );
});

function Recipients({ message, from }: { message: Message; from: Person }) {
  const [isOpen, setOpen] = useState(false);
  const to = peopleOf(message.to);
  const cc = peopleOf(message.cc);
  const bcc = peopleOf(message.bcc);
  if (message.type !== "email" || to.length + cc.length + bcc.length === 0) return null;
  const others = to.length + cc.length + bcc.length - 1;
  const first = to[0] ?? cc[0] ?? bcc[0];
  const lines: [string, readonly Person[]][] = [
    ["From", [from]],
    ["To", to],
    ["Cc", cc],
    ["Bcc", bcc],
  ];
  return (
    <div className={styles.recipients}>
      <button
        type="button"
        className={styles.reveal}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        to {first?.name}
        {others > 0 && ` and ${others} other${others === 1 ? "" : "s"}`}
      </button>
      {isOpen && (
        <dl className={styles.addresses}>
          {lines
            .filter(([, people]) => people.length > 0)
            .map(([label, people]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd dir="auto">
                  {people
                    .map(({ name, email }) =>
                      email === null || email === name ? name : `${name} <${email}>`,
                    )
                    .join(", ")}
                </dd>
              </div>
            ))}
          {message.subject !== "" && (
            <div>
              <dt>Subject</dt>
              <dd dir="auto">{message.subject}</dd>
            </div>
          )}
        </dl>
      )}
    </div>
  );
}

function Body({ message, sender }: { message: Message; sender: string | null }) {
  const plain = useMemo(() => {
    const nodes = readPlain(message.html);
    return nodes && foldPlain(nodes);
  }, [message.html]);
  if (!plain) {
    return (
      <MailFrame
        threadId={message.thread_id}
        messageId={message.id}
        sender={message.direction === "inbound" ? sender : null}
        text={message.text}
      />
    );
  }
  return (
    <div className={styles.text} dir="auto">
      {showNodes(plain.said)}
      {plain.signature.length > 0 && <Fold label="Signature">{showNodes(plain.signature)}</Fold>}
      {plain.quoted.length > 0 && <Fold label="Quoted text">{showNodes(plain.quoted)}</Fold>}
    </div>
  );
}

function Fold({ label, children }: { label: string; children: ReactNode }) {
  return (
    <details className={styles.fold}>
      <summary>{label}</summary>
      <div className={styles.folded}>{children}</div>
    </details>
  );
}
