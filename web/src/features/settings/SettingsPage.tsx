import { Link } from "@tanstack/react-router";
import { MoveLeft } from "lucide-react";
import {
  type ComponentType,
  type LazyExoticComponent,
  Suspense,
  createElement,
  useEffect,
  useRef,
} from "react";
import { lazyPart } from "@/api/lazy-part";
import { SETTINGS_PAGES, type SettingsPageName } from "@/lib/settings-pages";
import { useTitle } from "@/lib/title";
import { EmptyState } from "@/ui/EmptyState";
import { LiveUndo } from "./LiveUndo";
import { ListSkeleton } from "./Loaded";
import styles from "./SettingsPage.module.css";

const PAGES: Record<SettingsPageName, LazyExoticComponent<ComponentType>> = {
  profile: lazyPart(() => import("./ProfilePage").then((m) => m.ProfilePage)),
  security: lazyPart(() => import("./SecurityPage").then((m) => m.SecurityPage)),
  appearance: lazyPart(() => import("./AppearancePage").then((m) => m.AppearancePage)),
  keyboard: lazyPart(() => import("./KeyboardPage").then((m) => m.KeyboardPage)),
  members: lazyPart(() => import("./MembersPage").then((m) => m.MembersPage)),
  keys: lazyPart(() => import("./KeysPage").then((m) => m.KeysPage)),
  tags: lazyPart(() => import("./TagsPage").then((m) => m.TagsPage)),
  snippets: lazyPart(() => import("./SnippetsPage").then((m) => m.SnippetsPage)),
  views: lazyPart(() => import("./ViewsPage").then((m) => m.ViewsPage)),
};

/** One page of the settings, with the way to the others. */
export function SettingsPage({ page }: { page: string }) {
  const known = SETTINGS_PAGES.find((one) => one.page === page);
  useTitle(known ? `${known.label}, settings` : "Settings");
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // Where the window is narrow, the pages stand in one line that scrolls.
    const current = nav.current?.querySelector("[aria-current='page']");
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [page]);
  return (
    <div className={styles.settings}>
      <nav ref={nav} className={styles.nav} aria-label="Settings">
        <Link to="/" className={styles.back}>
          <MoveLeft size={16} aria-hidden />
          Inbox
        </Link>
        {["You", "Workspace"].map((group) => (
          <div key={group} className={styles.navGroup}>
            <h2 className={styles.heading}>{group}</h2>
            <ul>
              {SETTINGS_PAGES.filter((one) => one.group === group).map((one) => (
                <li key={one.page}>
                  <Link
                    to="/settings/$page"
                    params={{ page: one.page }}
                    className={styles.link}
                    aria-current={one.page === page ? "page" : undefined}
                  >
                    {one.label}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <main id="main" className={styles.main} tabIndex={0}>
        {known ? (
          <div className={styles.page}>
            <h1>{known.label}</h1>
            <Suspense fallback={<ListSkeleton />}>{createElement(PAGES[known.page])}</Suspense>
            <LiveUndo key={page} />
          </div>
        ) : (
          <EmptyState isPage title="There is no such page of the settings">
            Choose one from the list.
          </EmptyState>
        )}
      </main>
    </div>
  );
}
