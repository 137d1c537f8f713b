import type { ReactNode } from "react";
import styles from "./side.module.css";

/** What a field is called, what it says, and below both what became of its last change. */
export function Row({
  label,
  state,
  children,
}: {
  label: string;
  state?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={styles.row} role="group" aria-label={label}>
      <span className={styles.label} aria-hidden>
        {label}
      </span>
      <div>{children}</div>
      {state && <div className={styles.state}>{state}</div>}
    </div>
  );
}

/** What a field says where it is not changed. */
export function Said({ children }: { children: ReactNode }) {
  return (
    <div className={styles.static} dir="auto">
      {children}
    </div>
  );
}
