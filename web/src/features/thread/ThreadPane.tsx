import { Link, useSearch } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo } from "react";
import { isGone, messageOf } from "@/api/errors";
import { isLoopClosed } from "@/api/event-sentences";
import { allOf, prefetchThread, useThreadEvents } from "@/api/thread-content";
import { useThread } from "@/api/threads";
import type { Thread } from "@/api/types";
import { useKeyLabel } from "@/lib/actions";
import { firstWords } from "@/lib/first-words";
import { filtersOf } from "@/lib/search-params";
import { useTitle } from "@/lib/title";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { LoopMark } from "@/ui/LoopMark";
import { ThreadHead } from "./ThreadHead";
import styles from "./ThreadPane.module.css";
import { ThreadWait, TimelineWait } from "./ThreadWait";
import { Timeline } from "./Timeline";
import { CommentEditor, type EditComment } from "./comment-editor";
import { useClosedLoop } from "./use-closed-loop";
import { usePrefetchNeighbours } from "./use-prefetch";
import { useReading, useTimeline } from "./use-timeline";

// As many characters of what was asked stand for a title.
const TITLE = 90;

interface ThreadPaneProps {
  threadId: string;
  view: string;
  /** Before the title: the way back, where the list is not beside it. */
  headerStart: ReactNode;
  /** At the right end of the header: what opens the details. */
  headerEnd: ReactNode;
  /** The composer. */
  footer: ReactNode;
  /** What a comment is changed with. */
  editComment: EditComment;
}

export function ThreadPane({
  threadId,
  view,
  headerStart,
  headerEnd,
  footer,
  editComment,
}: ThreadPaneProps) {
  const client = useQueryClient();
  const filters = filtersOf(useSearch({ strict: false }));
  const { data: thread, error, refetch } = useThread(threadId);
  const events = useThreadEvents(threadId);
  const said = useMemo(() => isLoopClosed(allOf(events.data)), [events.data]);
  const isClosed = useClosedLoop(thread, said);
  usePrefetchNeighbours(threadId, view, filters);
  const undoKey = useKeyLabel("undo");
  const isUnknown = thread === undefined;
  useEffect(() => {
    // What was said is asked for beside what it is said in, not after it.
    if (isUnknown) prefetchThread(client, threadId);
  }, [client, threadId, isUnknown]);
  const title = thread?.title ?? (firstWords(thread?.text ?? "", TITLE) || "Thread");
  useTitle(thread && title);

  // The footer is the second of two in either case, and so stays as it is: somebody may be writing
  // in it as the thread is deleted.
  if (thread && !isGone(error)) {
    return (
      <div className={styles.pane}>
        <>
          <ThreadHead
            thread={thread}
            title={title}
            isClosed={isClosed}
            headerStart={headerStart}
            headerEnd={headerEnd}
          />
          <CommentEditor value={editComment}>
            <Conversation key={threadId} thread={thread} />
          </CommentEditor>
        </>
        {footer}
      </div>
    );
  }
  return (
    <div className={styles.pane}>
      <div className={styles.instead}>
        {headerStart && <div className={styles.wayBack}>{headerStart}</div>}
        {isGone(error) ? (
          <EmptyState
            icon={<LoopMark size={40} />}
            title="This thread is not here"
            actions={
              <Link to="/inbox/$view" params={{ view }} search={filters}>
                Go to the list
              </Link>
            }
          >
            It was deleted, it belongs to another workspace, or the address is mistyped.
            {undoKey !== undefined && ` What you deleted a moment ago comes back with ${undoKey}.`}
          </EmptyState>
        ) : error ? (
          <ErrorPanel title="The thread could not be loaded" onRetry={() => void refetch()}>
            {messageOf(error)}
          </ErrorPanel>
        ) : (
          <ThreadWait />
        )}
      </div>
      {footer}
    </div>
  );
}

/** What was said, from where the reading begins. Of each thread it is made anew; the head is not. */
function Conversation({ thread }: { thread: Thread }) {
  const timeline = useTimeline(thread.id);
  const unreadId = useReading(thread, timeline);
  if (timeline.error) {
    return (
      <div className={styles.problem}>
        <ErrorPanel
          title="The messages could not be loaded"
          kept="What you write below is kept."
          onRetry={() => void timeline.refetch()}
        >
          {messageOf(timeline.error)}
        </ErrorPanel>
      </div>
    );
  }
  if (!timeline.isReady) return <TimelineWait />;
  return (
    <Timeline
      threadId={thread.id}
      entries={timeline.entries}
      sending={timeline.sending}
      unreadId={unreadId}
      older={timeline.older}
      isReady={timeline.isReady}
    />
  );
}
