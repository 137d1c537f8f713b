import { Link } from "@tanstack/react-router";
import {
  CircleCheck,
  CircleDot,
  Clock,
  Inbox,
  Layers,
  LockKeyhole,
  Reply,
  Settings,
  UserRound,
} from "lucide-react";
import { memo } from "react";
import { countOf, useCounts } from "@/api/counts";
import { useSession } from "@/api/session";
import { useViews } from "@/api/views";
import { useKeyLabel } from "@/lib/actions";
import { TABS, type Tab } from "@/lib/search-params";
import { TAB_NAMES } from "@/lib/view-names";
import { LoopMark } from "@/ui/LoopMark";
import { Tooltip } from "@/ui/Tooltip";
import { cx } from "@/ui/cx";
import { LiveMark } from "./LiveMark";
import { MeMenu } from "./MeMenu";
import styles from "./Rail.module.css";
import { RailLink } from "./RailLink";

const ICONS = {
  new: Inbox,
  "needs-response": Reply,
  my: UserRound,
  open: CircleDot,
  snoozed: Clock,
  done: CircleCheck,
};

/** The views, saved views, settings and who is signed in. Collapsed it shows icons alone. */
export const Rail = memo(function Rail({
  view,
  isCollapsed,
}: {
  view: string;
  isCollapsed: boolean;
}) {
  const { workspace } = useSession();
  const counts = useCounts();
  const { data: views = [] } = useViews();
  return (
    <div className={cx(styles.rail, isCollapsed && styles.collapsed)}>
      <div className={styles.brand}>
        <LoopMark size={22} />
        <span className={isCollapsed ? "visually-hidden" : styles.text} dir="auto">
          {workspace.name}
        </span>
      </div>
      <ul className={styles.group}>
        {TABS.map((tab) => (
          <li key={tab}>
            <TabLink
              tab={tab}
              count={countOf(counts, tab)}
              isCurrent={tab === view}
              isCollapsed={isCollapsed}
            />
          </li>
        ))}
      </ul>
      {views.length > 0 && (
        <div className={styles.views}>
          <h2 className={isCollapsed ? "visually-hidden" : styles.heading}>Views</h2>
          <ul className={styles.group}>
            {views.map((saved) => (
              <li key={saved.id}>
                <RailLink
                  view={saved.id}
                  name={saved.name}
                  note={saved.is_shared ? undefined : "only you see it"}
                  icon={
                    saved.is_shared ? (
                      <Layers size={16} aria-hidden />
                    ) : (
                      <LockKeyhole size={16} aria-hidden />
                    )
                  }
                  count={countOf(counts, saved.id)}
                  isCurrent={saved.id === view}
                  isCollapsed={isCollapsed}
                />
              </li>
            ))}
          </ul>
        </div>
      )}
      {/* Search and the overview have their place here, between the views and the foot. */}
      <div className={styles.foot}>
        <LiveMark isCollapsed={isCollapsed} />
        <SettingsLink isCollapsed={isCollapsed} />
        <MeMenu isCollapsed={isCollapsed} />
      </div>
    </div>
  );
});

function TabLink({
  tab,
  ...rest
}: {
  tab: Tab;
  count: ReturnType<typeof countOf>;
  isCurrent: boolean;
  isCollapsed: boolean;
}) {
  const Icon = ICONS[tab];
  const shortcut = useKeyLabel(`go-${tab}`);
  return (
    <RailLink
      {...rest}
      view={tab}
      name={TAB_NAMES[tab]}
      icon={<Icon size={16} aria-hidden />}
      shortcut={shortcut}
    />
  );
}

function SettingsLink({ isCollapsed }: { isCollapsed: boolean }) {
  const link = (
    <Link
      className={cx(styles.link, isCollapsed && styles.iconLink)}
      to="/settings/$page"
      params={{ page: "profile" }}
    >
      <Settings size={16} aria-hidden />
      <span className={isCollapsed ? "visually-hidden" : styles.text}>Settings</span>
    </Link>
  );
  if (!isCollapsed) return link;
  return (
    <Tooltip text="Settings" side="right">
      {link}
    </Tooltip>
  );
}
