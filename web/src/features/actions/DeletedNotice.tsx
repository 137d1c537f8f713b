import { useEffect, useState } from "react";
import { messageOf } from "@/api/errors";
import { useUndo } from "@/api/undo";
import { useKeyLabel } from "@/lib/actions";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import styles from "./actions.module.css";
import { DELETED } from "./use-thread-changes";

const SHOWN_MS = 10_000;

/** Of a thread that is gone from the screen, the one way back that is seen. */
export function DeletedNotice() {
  const { last, undo } = useUndo();
  const key = useKeyLabel("undo");
  const [over, setOver] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const token = last !== null && last.label === DELETED ? (last.tokens[0] ?? null) : null;
  useEffect(() => {
    if (token === null) return;
    const timer = setTimeout(() => setOver(token), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [token]);
  if (problem !== null) {
    return (
      <div className={styles.refused} role="alert">
        <p>It was not brought back. {problem}</p>
        <Button size="small" onClick={() => setProblem(null)}>
          Dismiss
        </Button>
      </div>
    );
  }
  if (token === null || over === token) return null;
  return (
    <div className={styles.notice} role="status">
      The thread is deleted.
      <Button
        size="small"
        onClick={() => {
          undo().catch((error: unknown) => setProblem(messageOf(error)));
        }}
      >
        Undo {key !== undefined && <Kbd>{key}</Kbd>}
      </Button>
    </div>
  );
}
