import { Button } from "@/ui/Button";
import styles from "./actions.module.css";
import type { RefusedChange } from "./use-thread-changes";

/** Says what did not happen, since the thread it belongs to may be gone from the screen. */
export function Refused({ refused, onDismiss }: { refused: RefusedChange; onDismiss: () => void }) {
  return (
    <div className={styles.refused} role="alert">
      <p>
        <strong dir="auto">{refused.name}</strong> is not changed ({refused.label}). {refused.why}
        {refused.isKept && " Your change is kept with the thread."}
      </p>
      <Button size="small" onClick={onDismiss}>
        Dismiss
      </Button>
    </div>
  );
}
