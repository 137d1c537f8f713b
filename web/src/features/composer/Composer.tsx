import { useAction } from "@/lib/actions";
import styles from "./Composer.module.css";

export interface ComposerProps {
  threadId: string;
  /** After an answer that also ends the thread: opens the next one. */
  onSentAndDone: () => void;
}

export function Composer({ threadId }: ComposerProps) {
  useAction("reply", () => undefined);
  return (
    <div className={styles.composer} data-thread={threadId}>
      Press R to reply, C to comment
    </div>
  );
}
