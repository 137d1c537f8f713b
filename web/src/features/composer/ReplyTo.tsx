import { useState } from "react";
import { Button } from "@/ui/Button";
import styles from "./Frame.module.css";
import { Recipients } from "./Recipients";
import type { Text } from "./unsent-text";

/** To whom a mail goes: the contact, and those who get it as well. */
export function ReplyTo({
  label,
  name,
  text,
  onChange,
  rest,
  onRest,
}: {
  label: string;
  name: string | null;
  text: Text;
  onChange: (change: Partial<Text>) => void;
  /** What was typed into cc and bcc and is no address yet. */
  rest: { cc: string; bcc: string };
  onRest: (rest: { cc: string; bcc: string }) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const shows = isOpen || text.cc.length + text.bcc.length > 0;
  return (
    <>
      <div className={styles.recipient}>
        <span>To</span>
        <span className={styles.recipientName} dir="auto" title={label}>
          {name ? `${name} · ${label}` : label}
        </span>
        {!shows && (
          <Button size="small" variant="quiet" onClick={() => setOpen(true)}>
            Cc, Bcc
          </Button>
        )}
      </div>
      {shows && (
        <>
          <Recipients
            label="Cc"
            people={text.cc}
            onChange={(cc) => onChange({ cc })}
            rest={rest.cc}
            onRest={(cc) => onRest({ ...rest, cc })}
            hasFocus={isOpen}
          />
          <Recipients
            label="Bcc"
            people={text.bcc}
            onChange={(bcc) => onChange({ bcc })}
            rest={rest.bcc}
            onRest={(bcc) => onRest({ ...rest, bcc })}
          />
        </>
      )}
    </>
  );
}
