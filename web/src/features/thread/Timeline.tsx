import { ArrowDown } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef } from "react";
import { messageOf } from "@/api/errors";
import type { HeldOut } from "@/api/held";
import type { Entry } from "@/api/timeline";
import { Button } from "@/ui/Button";
import { Spinner } from "@/ui/Spinner";
import { Changes } from "./Changes";
import { CommentCard } from "./CommentCard";
import { MessageCard } from "./MessageCard";
import { SendingCard } from "./SendingCard";
import styles from "./Timeline.module.css";
import { useTimelineScroll } from "./use-timeline-scroll";

export interface Older {
  hasMore: boolean;
  isLoading: boolean;
  error: Error | null;
  load: () => void;
}

/** What was said and what happened, in order of time; older messages come in at the top. */
export function Timeline({
  threadId,
  entries,
  sending,
  unreadId,
  older,
  isReady,
}: {
  threadId: string;
  entries: readonly Entry[];
  /** What is about to leave; it comes last. */
  sending: readonly HeldOut[];
  /** The first message that was unread when the thread was opened. */
  unreadId: string | null;
  older: Older;
  isReady: boolean;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const first = entries[0]?.key ?? "";
  const last = entries.findLast((entry) => entry.kind === "message");
  const { isAtEnd, toEnd } = useTimelineScroll(scroller, {
    isReady,
    firstKey: first,
    lastKey: sending.at(-1)?.id ?? entries.at(-1)?.key ?? "",
    sendingKey: sending.at(-1)?.id ?? null,
  });
  const opensAt = unreadId ?? sending[0]?.id ?? last?.key;
  return (
    <div className={styles.around}>
      <div
        ref={scroller}
        className={styles.scroll}
        data-loading-older={older.isLoading}
        role="region"
        aria-label="Timeline"
        tabIndex={0}
        onKeyDown={moveBetweenArticles}
      >
        <div className={styles.entries}>
          {older.hasMore && <LoadOlder key={first} older={older} scroller={scroller} />}
          <div
            className={styles.entries}
            role="feed"
            aria-label="Messages and changes"
            data-thread-id={threadId}
            aria-busy={older.isLoading}
          >
            {entries.map((entry, at) => (
              <Article
                key={entry.key}
                entry={entry}
                position={older.hasMore ? null : { at: at + 1, of: entries.length }}
                isNew={entry.key === unreadId && at > 0}
                opensHere={entry.key === opensAt}
              />
            ))}
            {sending.map((one) => (
              <Sending key={one.id} held={one} opensHere={one.id === opensAt} />
            ))}
          </div>
        </div>
      </div>
      {!isAtEnd && (
        <Button size="small" className={styles.toEnd} onClick={toEnd}>
          <ArrowDown size={14} aria-hidden />
          Newest
        </Button>
      )}
    </div>
  );
}

function Article({
  entry,
  position,
  isNew,
  opensHere,
}: {
  entry: Entry;
  position: { at: number; of: number } | null;
  isNew: boolean;
  opensHere: boolean;
}) {
  const id = useId();
  return (
    <article
      className={styles.article}
      tabIndex={-1}
      aria-posinset={position?.at}
      aria-setsize={position?.of}
      data-opens-here={opensHere || undefined}
      {...(entry.kind === "changes" ? { "aria-label": "Changes" } : { "aria-labelledby": id })}
    >
      {isNew && (
        <div className={styles.rule}>
          <span>New</span>
        </div>
      )}
      {entry.kind === "message" && <MessageCard message={entry.message} labelId={id} />}
      {entry.kind === "comment" && <CommentCard comment={entry.comment} labelId={id} />}
      {entry.kind === "changes" && <Changes sentences={entry.sentences} />}
    </article>
  );
}

function Sending({ held, opensHere }: { held: HeldOut; opensHere: boolean }) {
  const id = useId();
  return (
    <article
      className={styles.article}
      tabIndex={-1}
      aria-labelledby={id}
      data-opens-here={opensHere || undefined}
    >
      <SendingCard held={held} labelId={id} />
    </article>
  );
}

/** At the top: loads more as one comes near, and by a press. */
function LoadOlder({
  older,
  scroller,
}: {
  older: Older;
  scroller: React.RefObject<HTMLDivElement | null>;
}) {
  const place = useRef<HTMLDivElement>(null);
  const { load, isLoading, error } = older;
  const isWaiting = !isLoading && !error;
  useEffect(() => {
    if (!place.current || !isWaiting) return;
    const observer = new IntersectionObserver(
      ([seen]) => {
        if (seen?.isIntersecting) load();
      },
      { root: scroller.current, rootMargin: "600px 0px 0px" },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isWaiting, load, scroller]);
  return (
    <div ref={place} className={styles.older}>
      {isLoading ? (
        <>
          <Spinner /> Loading older messages
        </>
      ) : (
        <Button size="small" variant="quiet" onClick={load}>
          {error ? `Older messages were not loaded. ${messageOf(error)} Try again` : "Load older"}
        </Button>
      )}
    </div>
  );
}

/** Page up and down go from one to the other, as readers of feeds expect. */
function moveBetweenArticles(event: KeyboardEvent<HTMLElement>): void {
  const step = { PageDown: 1, PageUp: -1 }[event.key];
  const within = (event.target as HTMLElement).closest("article");
  if (step === undefined || !within || event.target instanceof HTMLTextAreaElement) return;
  const articles = [...event.currentTarget.querySelectorAll<HTMLElement>("article")];
  const next = articles[articles.indexOf(within) + step];
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
}
