import { AlarmClock, CircleAlert, PencilLine, Send, Sparkles } from "lucide-react";
import type { ReactNode } from "react";
import type { Thread } from "@/api/types";
import { TagIcon } from "@/lib/TagIcon";
import { fullDate, whenTime } from "@/lib/dates";
import { PAIN } from "@/lib/pain";
import { Avatar } from "@/ui/Avatar";
import { Bars } from "@/ui/Bars";
import { LoopMark } from "@/ui/LoopMark";
import styles from "./Row.module.css";
import { type DraftState, type Times, draftOf } from "./row-facts";

const TAGS_SHOWN = 3;

/** What is true of a thread, as small marks in a fixed order; each has words too. */
export function RowMarks({
  thread,
  times,
  isClosed,
  now,
  isUnsent,
  isSending,
}: {
  thread: Thread;
  times: Times;
  /** The customer was told what became of it. */
  isClosed: boolean;
  now: Date;
  isUnsent: boolean;
  isSending: boolean;
}) {
  const pain = PAIN[thread.pain_level];
  const { assignee, tags, snoozed_until } = thread;
  const more = tags.length - TAGS_SHOWN;
  return (
    <span className={styles.marks}>
      {isSending && (
        <Mark words="Your answer is held back, and leaves in a moment">
          <Send size={14} aria-hidden />
          <span aria-hidden>Sending</span>
        </Mark>
      )}
      {times.waits !== null && !isSending && (
        <Mark
          words={`Waits for an answer since ${fullDate(times.waits)}${times.isAtLeast ? ", or longer" : ""}`}
        >
          <LoopMark size={14} />
          {times.waitsText !== null && <span aria-hidden>{times.waitsText}</span>}
        </Mark>
      )}
      {isClosed && (
        <Mark words="Loop closed">
          <LoopMark size={14} isClosed />
        </Mark>
      )}
      {isUnsent && !isSending && (
        <Mark words="You wrote something that is not sent">
          <PencilLine size={14} aria-hidden />
        </Mark>
      )}
      <DraftMark state={draftOf(thread)} />
      {pain.bars > 0 && (
        <span className={styles.mark} title={`Pain: ${pain.label.toLowerCase()}`}>
          <Bars level={pain.bars} label={`Pain: ${pain.label.toLowerCase()}`} />
        </span>
      )}
      {assignee && (
        <span className={styles.mark} title={`Assigned to ${assignee.name ?? assignee.email}`}>
          <Avatar
            name={assignee.name ?? assignee.email}
            src={assignee.image_url}
            size={18}
            label={`Assigned to ${assignee.name ?? assignee.email}`}
          />
        </span>
      )}
      {snoozed_until !== null && (
        <Mark words={`Snoozed until ${fullDate(snoozed_until)}`}>
          <AlarmClock size={14} aria-hidden />
          <span aria-hidden>{whenTime(snoozed_until, now)}</span>
        </Mark>
      )}
      {tags.length > 0 && (
        <Mark words={`Tags: ${tags.map((tag) => tag.name).join(", ")}`}>
          {tags.slice(0, TAGS_SHOWN).map((tag) => (
            <TagIcon key={tag.id} tag={tag} size={16} />
          ))}
          {more > 0 && <span aria-hidden>+{more}</span>}
        </Mark>
      )}
    </span>
  );
}

function Mark({ words, children }: { words: string; children: ReactNode }) {
  return (
    <span className={styles.mark} title={words}>
      {children}
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

function DraftMark({ state }: { state: DraftState }) {
  if (state === "drafting") return <span className={styles.drafting}>Drafting…</span>;
  if (state === "failed") {
    return (
      <span className={styles.failed} title="AI draft failed">
        <CircleAlert size={14} aria-hidden />
        <span className="visually-hidden">AI draft failed</span>
      </span>
    );
  }
  if (state === null) return null;
  return (
    <Mark words="An AI draft is ready">
      <Sparkles size={14} aria-hidden />
    </Mark>
  );
}
