import { Lock, Reply as ReplyIcon, X } from "lucide-react";
import type { KeyboardEvent, ReactNode, RefObject } from "react";
import type { Mode } from "@/api/unsent";
import { useKeyLabel } from "@/lib/actions";
import { IconButton } from "@/ui/IconButton";
import { Kbd } from "@/ui/Kbd";
import { cx } from "@/ui/cx";
import styles from "./Frame.module.css";
import type { Saved } from "./unsent-text";

/** Around either mode: which one it is, whether the text is kept, and the way out. */
export function Frame({
  mode,
  frame,
  saved,
  onMode,
  onClose,
  onFiles,
  children,
}: {
  mode: Mode;
  /** Takes the focus when the field gives it up. */
  frame: RefObject<HTMLElement | null>;
  saved: Saved;
  onMode: (mode: Mode) => void;
  onClose: () => void;
  /** Files that were dropped anywhere on it; null where it takes none. */
  onFiles: ((files: File[]) => void) | null;
  children: ReactNode;
}) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key !== "Escape" || event.defaultPrevented || event.target !== event.currentTarget)
      return;
    event.preventDefault();
    onClose();
  };
  return (
    <section
      ref={frame}
      tabIndex={-1}
      className={cx(styles.composer, mode === "comment" && styles.comment)}
      aria-label={mode === "reply" ? "Reply" : "Note to the team"}
      data-mode={mode}
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes("Files")) event.preventDefault();
      }}
      onDrop={(event) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        onFiles?.([...event.dataTransfer.files]);
      }}
    >
      <div className={styles.head}>
        <ModeButton mode="reply" isOn={mode === "reply"} onMode={onMode} />
        <ModeButton mode="comment" isOn={mode === "comment"} onMode={onMode} />
        {mode === "comment" && <span className={styles.only}>Only your team sees this</span>}
        <span className={styles.grow} />
        <SavedMark saved={saved} />
        <IconButton
          label="Close, and keep the text"
          shortcut="Esc"
          icon={<X size={16} />}
          onClick={onClose}
        />
      </div>
      {children}
    </section>
  );
}

function ModeButton({
  mode,
  isOn,
  onMode,
}: {
  mode: Mode;
  isOn: boolean;
  onMode: (mode: Mode) => void;
}) {
  const key = useKeyLabel(mode);
  return (
    <button type="button" className={styles.mode} aria-pressed={isOn} onClick={() => onMode(mode)}>
      {mode === "reply" ? <ReplyIcon size={14} aria-hidden /> : <Lock size={14} aria-hidden />}
      {mode === "reply" ? "Reply" : "Comment"}
      {!isOn && key !== undefined && <Kbd>{key}</Kbd>}
    </button>
  );
}

const WORDS: Record<Saved, string> = {
  none: "",
  saving: "Saving…",
  saved: "Saved",
  kept: "Not saved yet, kept here",
  lost: "Not saved: keep this page open",
};

function SavedMark({ saved }: { saved: Saved }) {
  return (
    <span className={cx(styles.saved, saved === "lost" && styles.lost)} data-saved={saved}>
      {WORDS[saved]}
    </span>
  );
}
