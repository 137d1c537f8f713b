import { LoopMark } from "./LoopMark";
import styles from "./Spinner.module.css";

/** Decoration beside words that say what is at work. */
export function Spinner() {
  return <span className={styles.spinner} aria-hidden />;
}

/** In place of what is loading; comes after a quarter of a second. */
export function Splash({ label = "Loading…" }: { label?: string }) {
  return (
    <div className={styles.splash} role="status">
      <LoopMark size={28} />
      <span>{label}</span>
    </div>
  );
}
