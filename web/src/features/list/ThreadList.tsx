import { messageOf } from "@/api/errors";
import { useThreadList, useThreadRow } from "@/api/threads";
import { shortTime, useNow } from "@/lib/dates";
import type { Filters } from "@/lib/search-params";
import { useTitle } from "@/lib/title";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { LoopMark } from "@/ui/LoopMark";
import { Skeleton } from "@/ui/Skeleton";
import { cx } from "@/ui/cx";
import styles from "./ThreadList.module.css";

export interface ThreadListProps {
  view: string;
  filters: Filters;
  /** The thread that is open. */
  selectedId: string | undefined;
  onOpen: (id: string) => void;
  /** The row that keys act on where no thread is open. */
  onHighlight?: (id: string | undefined) => void;
  /** Those that are marked for a change of many. */
  selection: readonly string[];
  onSelectionChange: (ids: readonly string[]) => void;
}

export function ThreadList({ view, filters, selectedId, onOpen }: ThreadListProps) {
  const list = useThreadList(view, filters);
  const now = useNow();
  const name = view.replaceAll("-", " ");
  useTitle(name);
  const ids = list.data?.pages.flatMap((page) => page.ids);
  return (
    <>
      <div className={styles.head}>
        <h1>{name}</h1>
      </div>
      <div className={styles.rows}>
        {ids?.map((id) => (
          <Row key={id} id={id} now={now} isOpen={id === selectedId} onOpen={() => onOpen(id)} />
        ))}
        {ids?.length === 0 && (
          <EmptyState icon={<LoopMark size={32} isClosed />} title="Nothing is waiting here" />
        )}
        {list.isPending && (
          <div className={styles.wait}>
            {[1, 2, 3, 4, 5].map((row) => (
              <Skeleton key={row} height={40} />
            ))}
          </div>
        )}
        {list.isError && !ids && (
          <ErrorPanel title="The list could not be loaded" onRetry={() => void list.refetch()}>
            {messageOf(list.error)}
          </ErrorPanel>
        )}
      </div>
    </>
  );
}

function Row({
  id,
  now,
  isOpen,
  onOpen,
}: {
  id: string;
  now: Date;
  isOpen: boolean;
  onOpen: () => void;
}) {
  const thread = useThreadRow(id);
  if (!thread) return null;
  const time = thread.last_inbound_message_at ?? thread.created_at;
  return (
    <button
      type="button"
      className={styles.row}
      aria-current={isOpen ? "true" : undefined}
      onClick={onOpen}
    >
      <span className={styles.line}>
        <span className={cx(styles.who, !thread.is_read && styles.unread)}>
          {thread.contact?.name ?? thread.contact?.email ?? "Nobody"}
        </span>
        <time className={styles.quiet} dateTime={time}>
          {shortTime(time, now)}
        </time>
      </span>
      <span className={styles.title}>{thread.title ?? thread.text.replace(/<[^>]*>/g, " ")}</span>
    </button>
  );
}
