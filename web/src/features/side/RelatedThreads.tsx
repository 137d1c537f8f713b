import { Link } from "@tanstack/react-router";
import { CircleCheck, Clock } from "lucide-react";
import { activityOf } from "@/api/list-rules";
import { type Related, useRelatedThreads } from "@/api/related-threads";
import { useThreadRow } from "@/api/threads";
import type { Thread } from "@/api/types";
import { fullDate, shortTime, useNow } from "@/lib/dates";
import { firstWords } from "@/lib/first-words";
import { Button } from "@/ui/Button";
import { LoopMark } from "@/ui/LoopMark";
import { Skeleton } from "@/ui/Skeleton";
import { NotLoaded } from "./NotLoaded";
import styles from "./side.module.css";

const STATUS = { open: "Open", snoozed: "Snoozed", done: "Done" } as const;

function StatusShape({ status }: { status: Thread["status"] }) {
  if (status === "open") return <LoopMark size={16} label={STATUS.open} />;
  const Shape = status === "snoozed" ? Clock : CircleCheck;
  return <Shape size={16} className={styles.quiet} role="img" aria-label={STATUS[status]} />;
}

/** The threads of a contact or a company, with the shape of their status. */
export function RelatedThreads({
  of,
  except,
  limit = 5,
  empty,
}: {
  of: Related;
  /** The thread beside which they stand. */
  except?: string;
  limit?: number;
  empty: string;
}) {
  const list = useRelatedThreads(of, limit + 1);
  const now = useNow();
  const ids = list.data?.pages.flatMap((page) => page.ids).filter((id) => id !== except);
  if (list.isPending) return <Skeleton height={24} />;
  if (!ids) {
    return <NotLoaded what="The threads" query={list} />;
  }
  if (ids.length === 0) return <p className={styles.quiet}>{empty}</p>;
  return (
    <>
      <ul className={styles.links}>
        {ids.map((id) => (
          <li key={id}>
            <ThreadLink id={id} now={now} />
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <div className={styles.more}>
          <Button
            size="small"
            variant="quiet"
            isBusy={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function ThreadLink({ id, now }: { id: string; now: Date }) {
  const thread = useThreadRow(id);
  if (!thread) return null;
  const at = activityOf(thread);
  return (
    <Link
      className={styles.thread}
      to="/inbox/$view/$threadId"
      params={{ view: thread.tab, threadId: id }}
    >
      <StatusShape status={thread.status} />
      <span className={styles.cut} dir="auto">
        {thread.title ?? firstWords(thread.text)}
      </span>
      <time className={styles.small} dateTime={at} title={fullDate(at)}>
        {shortTime(at, now)}
      </time>
    </Link>
  );
}
