import styles from "./StatusShape.module.css";

/** One family with the loop mark: a ring, half a ring, a clock, a check, and the closed loop. */
export type Shape = "ring" | "half" | "clock" | "check" | "closed";

/** Decoration beside the words of a status. */
export function StatusShape({ shape, size = 16 }: { shape: Shape; size?: number }) {
  return (
    <svg
      className={styles.shape}
      data-shape={shape}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden
    >
      <circle
        className={styles.ring}
        cx="12"
        cy="12"
        r="9"
        strokeDasharray={shape === "ring" ? "44.5 12" : undefined}
        transform="rotate(-12 12 12)"
      />
      {shape === "half" && <path className={styles.full} d="M12 3a9 9 0 0 1 0 18z" />}
      {shape === "clock" && <path className={styles.line} d="M12 7v5l3.5 2" />}
      {shape === "check" && <path className={styles.line} d="m8 12.5 2.8 2.8L16 9.5" />}
      {shape === "closed" && (
        <path className={styles.line} d="m5.8 12.4 2.6 2.8 5-5.6m-1.6 5.2.6.4 5.4-5.6" />
      )}
    </svg>
  );
}
