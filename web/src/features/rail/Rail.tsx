import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDot, Clock, Inbox, Reply, Settings, UserRound } from "lucide-react";
import { useSession } from "@/api/session";
import { TABS, type Tab } from "@/lib/search-params";
import { Avatar } from "@/ui/Avatar";
import { LoopMark } from "@/ui/LoopMark";
import styles from "./Rail.module.css";

const NAMES: Record<Tab, string> = {
  new: "New",
  "needs-response": "Needs response",
  my: "Mine",
  open: "Open",
  snoozed: "Snoozed",
  done: "Done",
};

const ICONS = {
  new: Inbox,
  "needs-response": Reply,
  my: UserRound,
  open: CircleDot,
  snoozed: Clock,
  done: CircleCheck,
};

/** The views, saved views, settings and who is signed in. Collapsed it shows icons alone. */
export function Rail({ view, isCollapsed }: { view: string; isCollapsed: boolean }) {
  const { member, workspace } = useSession();
  const textClass = isCollapsed ? "visually-hidden" : styles.me;
  return (
    <div className={styles.rail}>
      <div className={styles.brand}>
        <LoopMark size={20} />
        <span className={textClass}>{workspace.name}</span>
      </div>
      <ul>
        {TABS.map((tab) => {
          const Icon = ICONS[tab];
          return (
            <li key={tab}>
              <Link
                className={styles.link}
                to="/inbox/$view"
                params={{ view: tab }}
                aria-current={tab === view ? "page" : undefined}
                title={isCollapsed ? NAMES[tab] : undefined}
              >
                <Icon size={16} aria-hidden />
                <span className={textClass}>{NAMES[tab]}</span>
              </Link>
            </li>
          );
        })}
      </ul>
      <div className={styles.foot}>
        <Link className={styles.link} to="/settings/$page" params={{ page: "profile" }}>
          <Settings size={16} aria-hidden />
          <span className={textClass}>Settings</span>
        </Link>
        <div className={styles.link}>
          <Avatar name={member.name ?? member.email} src={member.image_url} size={20} />
          <span className={textClass}>{member.name ?? member.email}</span>
        </div>
      </div>
    </div>
  );
}
