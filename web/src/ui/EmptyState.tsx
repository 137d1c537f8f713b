import type { ReactNode } from "react";
import styles from "./panels.module.css";

/** Where there is nothing: says so, and what one can do. */
export function EmptyState({
  icon,
  title,
  isPage = false,
  children,
  actions,
}: {
  icon?: ReactNode;
  title: string;
  /** It is all there is on the page, so the title is that of the page. */
  isPage?: boolean;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  const Title = isPage ? "h1" : "div";
  return (
    <div className={styles.panel}>
      {icon}
      <Title className={styles.title}>{title}</Title>
      {children && <p>{children}</p>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
