import { Link } from "@tanstack/react-router";
import { waitingSince } from "@/api/list-rules";
import { useLoop } from "@/api/loops";
import { useLongestWaiting } from "@/api/related-threads";
import { useThreadRow } from "@/api/threads";
import { fullDate, shortTime, useNow } from "@/lib/dates";
import { Row } from "./Row";
import styles from "./side.module.css";

/** The thread of a company that waits longest for us, and when they wrote in it. */
export function LongestWaiting({ companyId }: { companyId: string }) {
  const { data: id } = useLongestWaiting(companyId);
  const thread = useThreadRow(id ?? "");
  const loop = useLoop(id ?? "");
  const now = useNow();
  if (!id || !thread) return null;
  const at = waitingSince(thread, loop) ?? thread.created_at;
  return (
    <Row label="Waiting">
      <div className={styles.static}>
        <Link to="/inbox/$view/$threadId" params={{ view: thread.tab, threadId: id }}>
          <time dateTime={at} title={fullDate(at)}>
            {shortTime(at, now)}
          </time>
        </Link>
      </div>
    </Row>
  );
}
