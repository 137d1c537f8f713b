import { Skeleton } from "@/ui/Skeleton";
import styles from "./ThreadPane.module.css";

/** The place of a thread that takes longer than a moment. */
export function ThreadWait() {
  return (
    <div className={styles.pane} role="status" aria-label="Loading the thread">
      <div className={styles.waitHead}>
        <Skeleton width="46%" height={20} />
        <Skeleton width={180} height={20} />
      </div>
      <TimelineWait />
    </div>
  );
}

export function TimelineWait() {
  return (
    <div className={styles.wait}>
      {[88, 140, 64].map((height) => (
        <div key={height} className={styles.waitCard}>
          <Skeleton width={160} height={16} />
          <Skeleton height={height} />
        </div>
      ))}
    </div>
  );
}
