import type { ReactNode } from "react";
import styles from "./panels.module.css";

/** Where there is nothing: says so, and what one can do. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={styles.panel}>
      {icon}
      <div className={styles.title}>{title}</div>
      {children && <p>{children}</p>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
