import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { isComposing } from "@/ui/composing";
import { pastedFiles } from "./clean-paste";
import type { EditorProps } from "./Editor";
import styles from "./Editor.module.css";
import { htmlOfText, textOf } from "./html";

/** A field of plain text, for the moment until the editor is there, and for when it never comes. */
export function PlainEditor({
  label,
  placeholder,
  html,
  revision,
  hasFocus,
  onChange,
  onBlur,
  onSend,
  onEscape,
  addFiles,
  handle,
  end,
  onFocusChange,
  onComposing,
  onTyped,
  onRetry,
}: EditorProps & {
  onTyped: () => void;
  onFocusChange: (isFocused: boolean) => void;
  onComposing: (is: boolean) => void;
  onRetry: (() => void) | null;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => textOf(html));
  const [shownRevision, setShownRevision] = useState(revision);
  if (shownRevision !== revision) {
    setShownRevision(revision);
    setText(textOf(html));
  }
  // A text that comes from elsewhere is gone on with where it ends, as in the editor proper.
  useLayoutEffect(() => field.current?.setSelectionRange(-1, -1), [shownRevision]);
  useImperativeHandle(
    handle,
    () => ({
      focus: () => field.current?.focus(),
      caret: () => {
        const { selectionEnd, value } = field.current ?? { selectionEnd: 0, value: "" };
        return { at: selectionEnd, isAtEnd: selectionEnd === value.length };
      },
    }),
    [],
  );
  useEffect(() => {
    if (hasFocus) field.current?.focus();
    // Only as it comes: later it has the focus of its own.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return (
    <>
      <textarea
        ref={field}
        className={styles.plain}
        aria-label={label}
        placeholder={placeholder}
        dir="auto"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onTyped();
          onChange(htmlOfText(event.target.value));
        }}
        onPaste={(event) => {
          const files = pastedFiles(event.clipboardData);
          if (files.length === 0) return;
          event.preventDefault();
          // No picture can stand in plain text.
          addFiles(files, false);
        }}
        onCompositionStart={() => onComposing(true)}
        onCompositionEnd={() => onComposing(false)}
        onFocus={() => onFocusChange(true)}
        onBlur={() => {
          onFocusChange(false);
          onBlur();
        }}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return;
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
            event.preventDefault();
            onSend();
          } else if (event.key === "Escape") {
            event.preventDefault();
            onEscape();
          }
        }}
      />
      <div className={styles.toolbar}>
        {onRetry && (
          <span className={styles.failed}>
            Formatting could not be loaded. Plain text is kept and sent as ever.{" "}
            <button type="button" className={styles.link} onClick={onRetry}>
              Try again
            </button>
          </span>
        )}
        {end}
      </div>
    </>
  );
}
