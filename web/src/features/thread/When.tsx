import { fullDate, shortTime, useNow } from "@/lib/dates";
import styles from "./Card.module.css";

/** How long ago, and the exact time where one points at it or its message has the focus. */
export function When({ at }: { at: string }) {
  const now = useNow();
  return (
    <time className={styles.when} dateTime={at}>
      <span className={styles.ago}>{shortTime(at, now)}</span>
      <span className={styles.exact}>{fullDate(at)}</span>
    </time>
  );
}
