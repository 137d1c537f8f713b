import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { countOf, countText, useCounts } from "@/api/counts";
import { sessionEnded } from "@/api/client";
import { messageOf } from "@/api/errors";
import { useFollowEvents, useLiveStatus } from "@/api/events";
import { useRememberThread } from "@/api/recent-threads";
import { lazyPart } from "@/api/lazy-part";
import { isPageOld } from "@/api/page-version";
import { useFollowSession, useMe, useSignOut } from "@/api/session";
import { useSignal } from "@/api/signal";
import { undoLast } from "@/api/undo";
import { useAction } from "@/lib/actions";
import { page } from "@/lib/page";
import { THEMES, useTheme } from "@/lib/theme";
import { useTitleCount } from "@/lib/title";
import { announce } from "@/ui/LiveRegion";
import { Button } from "@/ui/Button";
import { Banner } from "@/ui/Banner";
import { Pane } from "./Pane";
import styles from "./app.module.css";

const loadPalette = () => import("@/features/palette/Palette");
const PALETTE_AFTER_MS = 2_000;
const Palette = lazyPart(() => loadPalette().then((module) => module.Palette));
const Help = lazyPart(() => import("@/features/palette/Help").then((module) => module.Help));
const SessionEnded = lazyPart(() =>
  import("@/features/sign-in/SessionEnded").then((module) => module.SessionEnded),
);

type Opened = "palette" | "search" | "help";

/** Around every page of a member: what is followed, said and reached from everywhere. */
export function AppFrame() {
  useFollowEvents();
  useFollowSession();
  useRememberThread(useParams({ strict: false }).threadId);
  useWaitingInTitle();
  useEffect(() => {
    // Once the page has what it needs, so that the first press of the key waits for nothing.
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), PALETTE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  const [open, setOpen] = useState<Opened | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const isSignedOut = useSignal(sessionEnded);
  useGlobalActions(setOpen, setProblem);
  const onOpenChange = (isOpen: boolean): void => {
    if (!isOpen) setOpen(null);
  };
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <LiveBanner />
      <OldPageBanner />
      {problem !== null && (
        <Banner
          tone="warn"
          actions={
            <button type="button" onClick={() => setProblem(null)}>
              Dismiss
            </button>
          }
        >
          {problem}
        </Banner>
      )}
      <div className={styles.page}>
        <Outlet />
      </div>
      <Pane name="This" isLine resetKey={open ?? ""}>
        {(open === "palette" || open === "search") && (
          <Palette open mode={open === "search" ? "search" : "all"} onOpenChange={onOpenChange} />
        )}
        {open === "help" && <Help open onOpenChange={onOpenChange} />}
        {isSignedOut && <SessionEnded />}
      </Pane>
    </div>
  );
}

function LiveBanner() {
  const live = useLiveStatus();
  if (live !== "offline") return null;
  // Where the device has a network, it is the server that does not answer.
  return (
    <Banner tone="warn">
      {navigator.onLine ? "Looplane cannot be reached." : "You are offline."} What you see may be
      old; what you change is kept, and sent when the connection is back.
    </Banner>
  );
}

function OldPageBanner() {
  const isOld = useSignal(isPageOld);
  // Without the server there is nothing to load.
  const isAway = useLiveStatus() === "offline";
  if (!isOld || isAway) return null;
  return (
    <Banner
      actions={
        <Button size="small" onClick={page.reload}>
          Reload
        </Button>
      }
    >
      Looplane was updated. This page is of the version before; what you typed is kept.
    </Banner>
  );
}

function useWaitingInTitle(): void {
  const waiting = countOf(useCounts(), "needs-response");
  useTitleCount(waiting && waiting.count > 0 ? countText(waiting) : "");
}

const GO = {
  "go-new": "new",
  "go-needs-response": "needs-response",
  "go-my": "my",
  "go-open": "open",
  "go-snoozed": "snoozed",
  "go-done": "done",
} as const;

function useGlobalActions(
  setOpen: (open: Opened) => void,
  setProblem: (problem: string | null) => void,
): void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [theme, setTheme] = useTheme();
  const me = useMe();
  const signOut = useSignOut(async () => {
    const { saveLeftBehind } = await import("@/features/composer/left-behind");
    await saveLeftBehind(me.id);
  });
  const go = (action: keyof typeof GO) => () =>
    void navigate({ to: "/inbox/$view", params: { view: GO[action] } });
  useAction("go-new", go("go-new"));
  useAction("go-needs-response", go("go-needs-response"));
  useAction("go-my", go("go-my"));
  useAction("go-open", go("go-open"));
  useAction("go-snoozed", go("go-snoozed"));
  useAction("go-done", go("go-done"));
  useAction("palette", () => setOpen("palette"));
  useAction("search", () => setOpen("search"));
  useAction("help", () => setOpen("help"));
  useAction(
    "settings",
    () => void navigate({ to: "/settings/$page", params: { page: "profile" } }),
  );
  useAction("theme", () =>
    setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system"),
  );
  useAction("sign-out", () => {
    setProblem(null);
    signOut.mutate(undefined, {
      onError: (error) => setProblem(`You are still signed in. ${messageOf(error)}`),
    });
  });
  useAction("undo", () => {
    setProblem(null);
    undoLast(client).then(
      (undone) => announce(undone ? `Undone: ${undone.label}` : "There is nothing to undo"),
      (error: unknown) => setProblem(`It was not undone. ${messageOf(error)}`),
    );
  });
}
