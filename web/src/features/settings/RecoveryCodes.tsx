import { Button } from "@/ui/Button";
import { CopyButton } from "./CopyButton";
import styles from "./parts.module.css";

/** Shown once: they are kept by nobody but who reads them now. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  return (
    <div className={styles.once} role="status">
      <strong>The second factor is on. Keep these recovery codes</strong>
      <p>Each signs you in once, if the phone is lost. They are not shown again.</p>
      <ul className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={styles.actions}>
        <CopyButton text={codes.join("\n")} label="Copy all" />
        <Button size="small" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}
