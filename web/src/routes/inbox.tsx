import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Menu as MenuIcon, MoveLeft, PanelRight } from "lucide-react";
import { useMemo, useState } from "react";
import { neighbourOf } from "@/api/thread-lists";
import { ThreadActions } from "@/features/actions/ThreadActions";
import { BulkBar } from "@/features/bulk/BulkBar";
import { ListKeys } from "@/features/list/ListKeys";
import { ThreadList } from "@/features/list/ThreadList";
import { Rail } from "@/features/rail/Rail";
import { SidePanel } from "@/features/side/SidePanel";
import { ThreadProblems } from "@/features/side/ThreadProblems";
import { ThreadPane } from "@/features/thread/ThreadPane";
import { useAction, useKeyLabel } from "@/lib/actions";
import { useWidth } from "@/lib/media";
import { type Filters, filtersOf } from "@/lib/search-params";
import { NOTHING, type Selection, isEmpty } from "@/lib/selection";
import { useStoredFlag } from "@/lib/stored";
import { Drawer } from "@/ui/Drawer";
import { EmptyState } from "@/ui/EmptyState";
import { IconButton } from "@/ui/IconButton";
import { LoopMark } from "@/ui/LoopMark";
import { Details } from "./Details";
import { Pane } from "./Pane";
import { Composer, HeldBar, editComment, usePreloadedComposer } from "./composer-parts";
import styles from "./inbox.module.css";
import { useComposerKeys } from "./use-composer-keys";

/** The rail, the list, the thread with the composer at its foot, and what is beside it. */
export function InboxPage() {
  const { view = "open", threadId } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const filters = useMemo(() => filtersOf(search), [search]);
  const width = useWidth();
  const client = useQueryClient();
  const navigate = useNavigate();
  usePreloadedComposer();
  const [isRailFolded, foldRail] = useStoredFlag("rail.folded", false);
  const [isSideFolded, foldSide] = useStoredFlag("side.folded", false);
  const [drawer, setDrawer] = useState<"rail" | "side" | null>(null);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [highlightedId, highlight] = useState<string | null>(null);
  const list = JSON.stringify([view, filters]);
  const [shownList, setShownList] = useState(list);
  if (shownList !== list) {
    setShownList(list);
    setSelection(NOTHING);
    highlight(null);
  }

  const openThread = (id: string, compose?: "reply"): void =>
    void navigate({
      to: "/inbox/$view/$threadId",
      params: { view, threadId: id },
      search: { ...filters, ...(compose && { compose }) },
    });
  const close = (): void => {
    if (threadId !== undefined) highlight(threadId);
    void navigate({ to: "/inbox/$view", params: { view }, search: filters });
  };
  const changeFilters = (next: Filters): void =>
    void navigate(
      threadId === undefined
        ? { to: "/inbox/$view", params: { view }, search: next, replace: true }
        : {
            to: "/inbox/$view/$threadId",
            params: { view, threadId },
            search: next,
            replace: true,
          },
    );
  const advance = (from: string): void => {
    const next = neighbourOf(client, view, filters, from);
    if (next === null) close();
    else openThread(next);
  };

  useAction("toggle-rail", () =>
    width === "wide" ? foldRail(!isRailFolded) : setDrawer(drawer === "rail" ? null : "rail"),
  );
  useAction("toggle-side", () =>
    width === "wide" ? foldSide(!isSideFolded) : setDrawer(drawer === "side" ? null : "side"),
  );
  useComposerKeys(threadId, highlightedId, openThread);
  useAction("back", close, { enabled: threadId !== undefined });
  const sideKey = useKeyLabel("toggle-side");

  const rail = (isCollapsed: boolean) => (
    <Pane name="The views">
      <Rail view={view} isCollapsed={isCollapsed} />
    </Pane>
  );
  const heldBar = (
    <Pane name="What is about to be sent" isLine>
      <HeldBar />
    </Pane>
  );
  const isNarrow = width === "narrow";
  const hasSide = threadId !== undefined;
  const isListSeen = !isNarrow || !hasSide;
  const sideButton = hasSide && (width !== "wide" || isSideFolded) && (
    <IconButton
      label="Show the details"
      shortcut={sideKey}
      icon={<PanelRight size={18} />}
      onClick={() => (width === "wide" ? foldSide(false) : setDrawer("side"))}
    />
  );

  const menuButton = isNarrow && (
    <IconButton
      label="Show the views"
      icon={<MenuIcon size={18} />}
      onClick={() => setDrawer("rail")}
    />
  );
  const backButton = isNarrow && (
    <IconButton label="Back to the list" icon={<MoveLeft size={18} />} onClick={close} />
  );

  // Where rows are marked, the keys change all of them.
  const changed = isEmpty(selection) ? (threadId ?? highlightedId ?? undefined) : undefined;

  return (
    <div className={styles.inbox}>
      <ThreadActions
        threadId={changed}
        isOpen={threadId !== undefined}
        onAdvance={() => {
          if (threadId !== undefined) advance(threadId);
        }}
      />
      {!isNarrow && (
        <nav
          className={styles.rail}
          aria-label="Views"
          data-folded={width === "medium" || isRailFolded}
        >
          {rail(width === "medium" || isRailFolded)}
        </nav>
      )}
      {(isListSeen || !isEmpty(selection)) && (
        // Alone on the screen, the list is what the page is about. It is the same element then, and
        // there as long as something is selected, so that no dialog goes as the window is resized.
        <div
          className={styles.list}
          role={isNarrow ? "main" : "region"}
          aria-label="Threads"
          id={hasSide ? undefined : "main"}
          hidden={!isListSeen}
        >
          <Pane name="The list of threads" resetKey={view}>
            <ThreadList
              view={view}
              filters={filters}
              onFiltersChange={changeFilters}
              headerStart={menuButton}
              selectedId={threadId}
              onOpen={openThread}
              highlightedId={highlightedId}
              onHighlight={highlight}
              selection={selection}
              onSelectionChange={setSelection}
            />
            {isNarrow && isListSeen && heldBar}
            {!isEmpty(selection) && (
              <BulkBar
                view={view}
                filters={filters}
                selection={selection}
                onSelectionChange={setSelection}
              />
            )}
          </Pane>
        </div>
      )}
      {isNarrow && hasSide && (
        <ListKeys view={view} filters={filters} openId={threadId} onOpen={openThread} />
      )}
      {(!isNarrow || hasSide) && (
        <main className={styles.main} id={hasSide ? "main" : undefined}>
          <div className={styles.mainContent}>
            {threadId === undefined ? (
              <EmptyState icon={<LoopMark size={40} isClosed />} title="No thread is open">
                Choose one from the list, or press J.
              </EmptyState>
            ) : (
              <Pane name="The thread" resetKey={threadId}>
                {(width !== "wide" || isSideFolded) && drawer !== "side" && (
                  <ThreadProblems threadId={threadId} />
                )}
                <ThreadPane
                  threadId={threadId}
                  view={view}
                  headerStart={backButton}
                  headerEnd={sideButton}
                  editComment={editComment}
                  footer={
                    <Pane name="The composer" isLine>
                      <Composer threadId={threadId} onSentAndDone={() => advance(threadId)} />
                    </Pane>
                  }
                />
              </Pane>
            )}
          </div>
          {heldBar}
        </main>
      )}
      {hasSide && width === "wide" && !isSideFolded && (
        <aside className={styles.side} aria-label="Details">
          <Details threadId={threadId} />
        </aside>
      )}
      <Drawer
        open={drawer === "rail" && width !== "wide"}
        onOpenChange={(isOpen) => setDrawer(isOpen ? "rail" : null)}
        label="Views"
        side="left"
      >
        {rail(false)}
      </Drawer>
      {hasSide && (
        <Drawer
          open={drawer === "side" && width !== "wide"}
          onOpenChange={(isOpen) => setDrawer(isOpen ? "side" : null)}
          label="Details"
        >
          <Pane name="The details" resetKey={threadId}>
            <SidePanel threadId={threadId} />
          </Pane>
        </Drawer>
      )}
    </div>
  );
}
