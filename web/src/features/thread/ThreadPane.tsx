import type { ReactNode } from "react";
import { messageOf } from "@/api/errors";
import { useThread } from "@/api/threads";
import { useTitle } from "@/lib/title";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Splash } from "@/ui/Spinner";
import styles from "./ThreadPane.module.css";

export interface ThreadPaneProps {
  threadId: string;
  view: string;
  /** At the right end of the header: what opens the details. */
  headerEnd: ReactNode;
  /** Opens the next thread of the list; ask before this one leaves it. */
  onAdvance: () => void;
  /** The composer. */
  footer: ReactNode;
}

export function ThreadPane({ threadId, headerEnd, footer }: ThreadPaneProps) {
  const { data: thread, error, refetch } = useThread(threadId);
  const title = thread?.title ?? thread?.contact?.name ?? "Thread";
  useTitle(thread && title);
  if (!thread && error) {
    return (
      <ErrorPanel title="The thread could not be loaded" onRetry={() => void refetch()}>
        {messageOf(error)}
      </ErrorPanel>
    );
  }
  if (!thread) return <Splash />;
  return (
    <div className={styles.pane}>
      <header className={styles.head}>
        <h2>{title}</h2>
        {headerEnd}
      </header>
      <div className={styles.scroll} />
      {footer}
    </div>
  );
}
