import { SidePanel } from "@/features/side/SidePanel";
import { useSettled } from "@/lib/settled";
import { Pane } from "./Pane";
import styles from "./inbox.module.css";

// Shorter than anybody's way from the list to what stands here.
const SETTLES_MS = 120;

/** What is beside a thread, once somebody has stayed at it: threads that are passed cost nothing. */
export function Details({ threadId }: { threadId: string }) {
  const settled = useSettled(threadId, SETTLES_MS);
  const isPassing = settled !== threadId;
  return (
    // Until then what stands here is of the thread before, and cannot be taken for this one's.
    <div className={styles.details} inert={isPassing} aria-busy={isPassing}>
      <Pane name="The details" resetKey={settled}>
        <SidePanel threadId={settled} />
      </Pane>
    </div>
  );
}
