import { useState } from "react";
import { useUndo } from "@/api/undo";
import { useKeyLabel, useRunAction } from "@/lib/actions";
import { timeNow } from "@/lib/clock";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import styles from "./parts.module.css";

/** What was done last on this page, and the way to take it back. */
export function LiveUndo() {
  const { last } = useUndo();
  const [since] = useState(timeNow);
  const run = useRunAction();
  const key = useKeyLabel("undo");
  if (!last || last.at < since) return null;
  return (
    <div className={styles.undo} role="status">
      <span>{last.label}</span>
      <Button variant="quiet" onClick={() => run("undo")}>
        Undo
        {key !== undefined && <Kbd>{key}</Kbd>}
      </Button>
    </div>
  );
}
