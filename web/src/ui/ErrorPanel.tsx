import type { ReactNode } from "react";
import { Button } from "./Button";
import styles from "./panels.module.css";

/** What happened, what was kept, what to do. */
export function ErrorPanel({
  title,
  children,
  kept,
  retryLabel = "Try again",
  onRetry,
}: {
  title: string;
  /** What happened, in a sentence. */
  children?: ReactNode;
  /** What was not lost by it. */
  kept?: string;
  retryLabel?: string;
  onRetry?: () => void;
}) {
  return (
    <div className={styles.panel} role="alert">
      <div className={styles.title}>{title}</div>
      {children && <p>{children}</p>}
      {kept !== undefined && <p>{kept}</p>}
      {onRetry && (
        <div className={styles.actions}>
          <Button onClick={onRetry}>{retryLabel}</Button>
        </div>
      )}
    </div>
  );
}
