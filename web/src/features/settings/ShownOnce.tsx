import type { ReactNode } from "react";
import { Button } from "@/ui/Button";
import { CopyButton } from "./CopyButton";
import styles from "./parts.module.css";

/** A secret that nobody can see again. */
export function ShownOnce({
  title,
  text,
  secret,
  onDone,
}: {
  title: string;
  text: ReactNode;
  secret: string;
  onDone: () => void;
}) {
  return (
    <div className={styles.once} role="status">
      <strong>{title}</strong>
      <p>{text}</p>
      <code className={styles.secret}>{secret}</code>
      <div className={styles.actions}>
        <CopyButton text={secret} />
        <Button size="small" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
