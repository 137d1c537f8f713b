import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Count, countText } from "@/api/counts";
import { Tooltip } from "@/ui/Tooltip";
import { cx } from "@/ui/cx";
import styles from "./Rail.module.css";

/** A view with its number of threads. Collapsed its name is a tooltip. */
export function RailLink({
  view,
  name,
  icon,
  count,
  isCurrent,
  isCollapsed,
  shortcut,
  note,
}: {
  view: string;
  name: string;
  icon: ReactNode;
  count: Count | null;
  isCurrent: boolean;
  isCollapsed: boolean;
  shortcut?: string | undefined;
  /** What the icon says, for those who do not see it. */
  note?: string | undefined;
}) {
  const unread = count?.unread ?? 0;
  const said = count && count.count > 0 ? countText(count) : null;
  const link = (
    <Link
      className={cx(styles.link, isCollapsed && styles.iconLink)}
      to="/inbox/$view"
      params={{ view }}
      search={{}}
      aria-current={isCurrent ? "page" : undefined}
    >
      {icon}
      <span className={isCollapsed ? "visually-hidden" : styles.text} dir="auto">
        {name}
      </span>
      {note !== undefined && <span className="visually-hidden">, {note}</span>}
      {said !== null && (
        <span
          className={isCollapsed ? "visually-hidden" : cx(styles.count, unread > 0 && styles.some)}
          title={unread > 0 ? `${said} threads, ${unread} of them unread` : `${said} threads`}
        >
          {said}
          <span className="visually-hidden">
            {" threads"}
            {unread > 0 && `, ${unread} unread`}
          </span>
        </span>
      )}
      {isCollapsed && unread > 0 && <span className={styles.badge} aria-hidden />}
    </Link>
  );
  if (!isCollapsed) return link;
  return (
    <Tooltip text={said === null ? name : `${name}, ${said}`} shortcut={shortcut} side="right">
      {link}
    </Tooltip>
  );
}
