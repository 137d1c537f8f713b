import type { ReactNode } from "react";
import { cx } from "./cx";
import styles from "./panels.module.css";

/** A line at the top of what it is about, for what lasts. */
export function Banner({
  tone = "plain",
  children,
  actions,
}: {
  tone?: "plain" | "warn" | "danger";
  children: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={cx(styles.banner, tone !== "plain" && styles[tone])} role="status">
      <div className={styles.text}>{children}</div>
      {actions}
    </div>
  );
}
