import type { ReactNode } from "react";
import styles from "./small.module.css";

/** One of the things that were picked, with a cross where it can be taken away. */
export function Chip({
  icon,
  children,
  removeLabel,
  onRemove,
}: {
  icon?: ReactNode;
  children: ReactNode;
  /** What the cross does: "Remove the tag Billing". */
  removeLabel?: string;
  onRemove?: () => void;
}) {
  return (
    <span className={styles.chip}>
      {icon}
      <span className={styles.chipText}>{children}</span>
      {onRemove && (
        <button
          type="button"
          className={styles.remove}
          aria-label={removeLabel ?? "Remove"}
          onClick={onRemove}
        >
          <span aria-hidden>×</span>
        </button>
      )}
    </span>
  );
}
