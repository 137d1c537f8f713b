import { type MouseEvent, memo } from "react";
import { useLoop } from "@/api/loops";
import { useThreadRow } from "@/api/threads";
import { fullDate } from "@/lib/dates";
import { firstWords } from "@/lib/first-words";
import { cx } from "@/ui/cx";
import styles from "./Row.module.css";
import { RowMarks } from "./RowMarks";
import { nameOf, timesOf } from "./row-facts";

interface RowProps {
  id: string;
  index: number;
  /** Pixels from the top of the list. */
  top: number;
  now: Date;
  isOpen: boolean;
  isHighlighted: boolean;
  isSelected: boolean;
  /** The one row that Tab leads to. */
  isInTabOrder: boolean;
  isUnsent: boolean;
  isSending: boolean;
  onPress: (id: string, event: MouseEvent) => void;
  onToggle: (id: string, isRange: boolean) => void;
}

export const Row = memo(function Row(props: RowProps) {
  const { id, index, top, now, isOpen, isHighlighted, isSelected, onPress, onToggle } = props;
  const thread = useThreadRow(id);
  const loop = useLoop(id);
  if (!thread) return null;
  const name = nameOf(thread);
  const times = timesOf(thread, now, loop);
  const { company } = thread;
  return (
    <div
      role="row"
      data-id={id}
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      aria-current={isOpen ? "true" : undefined}
      tabIndex={props.isInTabOrder ? 0 : -1}
      className={cx(
        styles.row,
        !thread.is_read && styles.unread,
        isHighlighted && styles.highlighted,
        isOpen && styles.open,
        isSelected && styles.selected,
      )}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => onPress(id, event)}
    >
      <div
        role="gridcell"
        className={styles.gutter}
        onClick={(event) => {
          event.stopPropagation();
          onToggle(id, event.shiftKey);
        }}
      >
        {!thread.is_read && <span className={styles.dot} role="img" aria-label="Unread" />}
        <span className={styles.box} aria-hidden />
      </div>
      <div role="gridcell" className={styles.cell}>
        <div className={styles.line}>
          <span className={styles.who}>
            <span className={styles.name} dir="auto">
              {name}
            </span>
            {company && (
              <span className={styles.company} dir="auto">
                {company.name}
              </span>
            )}
            {company?.tier_name && <span className={styles.tier}>{company.tier_name}</span>}
          </span>
          <time className={styles.time} dateTime={times.at} title={fullDate(times.at)}>
            {times.atText}
          </time>
        </div>
        <div className={styles.line}>
          <span className={styles.title} dir="auto">
            {thread.title ?? firstWords(thread.text)}
          </span>
          <RowMarks
            thread={thread}
            times={times}
            isClosed={thread.status === "done" && loop?.is_closed === true}
            now={now}
            isUnsent={props.isUnsent}
            isSending={props.isSending}
          />
        </div>
      </div>
    </div>
  );
});
