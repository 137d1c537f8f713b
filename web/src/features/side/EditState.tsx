import { CloudOff, TriangleAlert } from "lucide-react";
import type { FieldEdit } from "@/api/thread-edits";
import { fullDate, shortTime, useNow } from "@/lib/dates";
import { Button } from "@/ui/Button";
import type { Who } from "./conflict-words";
import styles from "./side.module.css";

/** At a field: that its change is not through yet, or why it went back. */
export function EditState({ edit }: { edit: FieldEdit | null }) {
  if (edit?.state === "waiting") {
    return (
      <div className={styles.mark} role="status">
        <CloudOff size={14} aria-hidden />
        <span>Not saved yet. It is kept and tried again.</span>
      </div>
    );
  }
  if (edit?.state !== "refused") return null;
  return (
    <Refused
      reason={`It was not changed: ${edit.reason ?? "it was refused."}`}
      onDismiss={edit.dismiss}
    />
  );
}

export function Refused({
  reason,
  onDismiss,
  onRetry,
}: {
  reason: string;
  onDismiss: () => void;
  onRetry?: (() => void) | undefined;
}) {
  return (
    <div className={styles.reason} role="alert">
      <TriangleAlert size={14} aria-hidden />
      <span>{reason}</span>
      {onRetry && (
        <button type="button" className={styles.textButton} onClick={onRetry}>
          Try again
        </button>
      )}
      <button type="button" className={styles.textButton} onClick={onDismiss}>
        Dismiss
      </button>
    </div>
  );
}

/** Two people changed one field: both are shown, and one of them is chosen. */
export function ConflictBox({
  field,
  who,
  theirs,
  mine,
  onTheirs,
  onMine,
}: {
  field: string;
  who: Who;
  theirs: string;
  mine: string;
  onTheirs: () => void;
  onMine: () => void;
}) {
  const now = useNow();
  return (
    <div className={styles.problem} role="group" aria-label={`${field} was changed twice`}>
      <p role="alert">
        {who.name} changed the {field.toLowerCase()}
        {who.at !== null && (
          <>
            {" "}
            <time dateTime={who.at} title={fullDate(who.at)}>
              {sinceWords(shortTime(who.at, now))}
            </time>
          </>
        )}{" "}
        while you did.
      </p>
      <dl className={styles.sides}>
        <dt>Theirs</dt>
        <dd dir="auto">{theirs}</dd>
        <dt>Yours</dt>
        <dd dir="auto">{mine}</dd>
      </dl>
      <div className={styles.buttons}>
        <Button size="small" onClick={onTheirs}>
          Keep theirs
        </Button>
        <Button size="small" onClick={onMine}>
          Use mine
        </Button>
      </div>
    </div>
  );
}

function sinceWords(short: string): string {
  if (short === "now") return "just now";
  return /^\d+[mh]$/.test(short) ? `${short} ago` : `on ${short}`;
}

/** What could not be sent after several tries asks what to do. */
export function UnsavedBox({
  labels,
  reason,
  onRetry,
  onGiveUp,
}: {
  labels: readonly string[];
  reason: string;
  onRetry: () => void;
  onGiveUp: () => void;
}) {
  return (
    <div className={styles.problem} role="group" aria-label="Changes that are not saved">
      <p role="alert">
        Not saved: {labels.join(", ")}. {reason} It is kept here until you choose.
      </p>
      <div className={styles.buttons}>
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
        <Button size="small" onClick={onGiveUp}>
          Give it up
        </Button>
      </div>
    </div>
  );
}
