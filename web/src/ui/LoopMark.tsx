import styles from "./LoopMark.module.css";
import { cx } from "./cx";

const RADIUS = 8;
const AROUND = 2 * Math.PI * RADIUS;

/** The ring: open while somebody waits, closed when the loop is closed. Decoration without label. */
export function LoopMark({
  isClosed = false,
  size = 16,
  label,
  className,
}: {
  isClosed?: boolean;
  size?: number;
  label?: string;
  className?: string | undefined;
}) {
  const named =
    label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <svg
      {...named}
      className={cx(styles.mark, className)}
      width={size}
      height={size}
      viewBox="0 0 24 24"
    >
      <circle
        className={styles.ring}
        cx="12"
        cy="12"
        r={RADIUS}
        strokeWidth="4"
        strokeLinecap={isClosed ? "butt" : "round"}
        strokeDasharray={AROUND}
        strokeDashoffset={isClosed ? 0 : AROUND * 0.214}
        transform="rotate(-12 12 12)"
      />
    </svg>
  );
}
