import { ArrowUp } from "lucide-react";
import styles from "./Rows.module.css";

/** Says that threads came in above what is on the screen, and leads to them. */
export function NewAbove({ count, onPress }: { count: number; onPress: () => void }) {
  if (count === 0) return null;
  return (
    <button type="button" className={styles.pill} onClick={onPress}>
      <ArrowUp size={14} aria-hidden />
      {count === 1 ? "1 new above" : `${count} new above`}
    </button>
  );
}
