import { cx } from "./cx";
import styles from "./LevelBars.module.css";

/** Bars that grow, of which as many are full as it says, with a word for who does not see them. */
export function LevelBars({ level, of = 3, label }: { level: number; of?: number; label: string }) {
  return (
    <span className={styles.bars} role="img" aria-label={label} title={label}>
      {Array.from({ length: of }, (_, n) => (
        <span key={n} className={cx(styles.bar, n < level && styles.full)} />
      ))}
    </span>
  );
}
