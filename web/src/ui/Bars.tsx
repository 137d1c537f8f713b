import styles from "./Bars.module.css";

/** Up to three bars, as of a signal. Say what they mean with `label`, unless words stand beside. */
export function Bars({ level, label }: { level: number; label?: string }) {
  const named =
    label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <span {...named} className={styles.bars} data-level={level}>
      {[1, 2, 3].map((bar) => (
        <span key={bar} className={styles.bar} data-full={bar <= level} />
      ))}
    </span>
  );
}
