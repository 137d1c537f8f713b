import type { ReactNode } from "react";
import { cx } from "./cx";
import styles from "./small.module.css";

type Tone = "plain" | "accent" | "danger" | "warn" | "ok" | "note";

export function Badge({
  tone = "plain",
  title,
  children,
}: {
  tone?: Tone;
  title?: string;
  children: ReactNode;
}) {
  return (
    <span className={cx(styles.badge, tone !== "plain" && styles[tone])} title={title}>
      {children}
    </span>
  );
}
