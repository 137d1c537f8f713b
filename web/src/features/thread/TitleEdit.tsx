import { useEffect, useRef, useState } from "react";
import { isKeptChange, messageOf } from "@/api/errors";
import { useUpdateThread } from "@/api/thread-writes";
import { type Thread } from "@/api/types";
import { isComposing } from "@/ui/composing";
import styles from "./ThreadHead.module.css";

const MAX_LENGTH = 512;

/** The title, which becomes a field by a press: Enter saves, Esc leaves it as it was. */
export function TitleEdit({
  thread,
  shown,
  canEdit,
}: {
  thread: Thread;
  /** The title, or what stands for it. */
  shown: string;
  canEdit: boolean;
}) {
  const { update, error, reset } = useUpdateThread();
  const [text, setText] = useState<string | null>(null);
  const headingRef = useRef<HTMLHeadingElement>(null);
  const buttonRef = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);

  // Where the press that opened this thread has left the focus on nothing, or on a button that was
  // meant for the one before, it comes here.
  useEffect(() => {
    const heading = headingRef.current;
    const focused = document.activeElement;
    const isOld = heading?.closest("header")?.contains(focused) ?? false;
    if (focused === document.body || isOld) heading?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    if (text === null && wasEditing.current) buttonRef.current?.focus();
    wasEditing.current = text !== null;
  }, [text]);

  const save = (): void => {
    if (text === null) return;
    const title = text.trim() === "" ? null : text.trim();
    setText(null);
    if (title === thread.title) return;
    reset();
    update({
      id: thread.id,
      patch: { title },
      label: title === null ? "Title removed" : "Renamed",
    });
  };

  if (text !== null) {
    return (
      <input
        className={styles.titleField}
        aria-label="Title"
        dir="auto"
        autoFocus
        maxLength={MAX_LENGTH}
        value={text}
        placeholder={shown}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return;
          if (event.key === "Enter") {
            // The button gets the focus, and the rest of this press would be for it.
            event.preventDefault();
            save();
          }
          if (event.key === "Escape") {
            event.stopPropagation();
            setText(null);
          }
        }}
      />
    );
  }
  return (
    <div className={styles.titleBox}>
      <h2 ref={headingRef} tabIndex={-1} className={styles.title}>
        {canEdit ? (
          <button
            ref={buttonRef}
            type="button"
            className={styles.titleButton}
            data-none={thread.title === null}
            title={shown}
            dir="auto"
            onClick={() => setText(thread.title ?? "")}
          >
            {shown}
            <span className="visually-hidden">, change the title</span>
          </button>
        ) : (
          <span className={styles.titleButton} dir="auto" title={shown}>
            {shown}
          </span>
        )}
      </h2>
      {error && !isKeptChange(error) && (
        <p className={styles.refused} role="alert">
          The title was not changed. {messageOf(error)}
        </p>
      )}
    </div>
  );
}
