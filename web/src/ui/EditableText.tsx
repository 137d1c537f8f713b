import { type ReactNode, useEffect, useRef, useState } from "react";
import styles from "./EditableText.module.css";
import { isComposing } from "./composing";
import { cx } from "./cx";

/**
 * A text that is changed where it stands. A press opens it, Enter and leaving it keep what was
 * typed, Esc leaves it as it was.
 */
export function EditableText({
  label,
  value,
  onSave,
  placeholder = "Add",
  display,
  isReadOnly = false,
  wraps = false,
  inputMode,
  className,
  check,
}: {
  /** What it is, for those who do not see where it stands: "Name". */
  label: string;
  value: string;
  onSave: (text: string) => void;
  /** What stands there while it is empty. */
  placeholder?: string;
  /** How it is shown, where that is not as it is typed. */
  display?: ReactNode;
  isReadOnly?: boolean;
  wraps?: boolean;
  inputMode?: "text" | "email" | "numeric" | "url";
  className?: string | undefined;
  /** Why a text cannot be kept, before it is sent; null where it can. */
  check?: (text: string) => string | null;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const returnsFocus = useRef(false);
  const isEditing = draft !== null;

  useEffect(() => {
    if (isEditing) {
      input.current?.select();
    } else if (returnsFocus.current) {
      returnsFocus.current = false;
      button.current?.focus();
    }
  }, [isEditing]);

  const shown = display ?? value;
  const text = value === "" && display === undefined ? null : shown;
  if (isReadOnly) {
    return (
      <span className={cx(styles.value, wraps && styles.wraps, className)}>
        <span className={cx(styles.text, text === null && styles.placeholder)} dir="auto">
          {text ?? "–"}
        </span>
      </span>
    );
  }
  if (draft === null) {
    return (
      <button
        ref={button}
        type="button"
        className={cx(styles.value, wraps && styles.wraps, className)}
        title={value === "" ? undefined : value}
        onClick={() => setDraft(value)}
      >
        <span className="visually-hidden">{`Edit ${label.toLowerCase()}: `}</span>
        <span className={cx(styles.text, text === null && styles.placeholder)} dir="auto">
          {text ?? placeholder}
        </span>
      </button>
    );
  }
  const problem = check?.(draft.trim()) ?? null;
  const keep = (isByKey: boolean): void => {
    const next = draft.trim();
    if (problem !== null && next !== value) {
      if (!isByKey) setDraft(null);
      return;
    }
    returnsFocus.current = isByKey;
    setDraft(null);
    if (next !== value) onSave(next);
  };
  return (
    <input
      ref={input}
      // It stands where somebody has just pressed.
      autoFocus
      className={cx(styles.input, className)}
      aria-label={label}
      aria-invalid={problem !== null || undefined}
      title={problem ?? undefined}
      dir="auto"
      value={draft}
      inputMode={inputMode ?? "text"}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => keep(false)}
      onKeyDown={(event) => {
        if (isComposing(event.nativeEvent)) return;
        if (event.key === "Enter") {
          event.preventDefault();
          keep(true);
        } else if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          returnsFocus.current = true;
          setDraft(null);
        }
      }}
    />
  );
}
