import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import styles from "./Draft.module.css";
import { SafeHtml } from "./SafeHtml";
import { Sources } from "./Sources";
import { textOf } from "./html";
import type { Source } from "./sources";
import { wordDiff } from "./word-diff";

/** The draft beside the text, and what can become of it. */
export function DraftBeside({
  html,
  sources,
  isEmpty,
  onReplace,
  onInsert,
  onDiscard,
  onClose,
}: {
  html: string;
  sources: readonly Source[];
  /** Whether there is any text that it would replace. */
  isEmpty: boolean;
  onReplace: () => void;
  onInsert: () => void;
  onDiscard: () => void;
  onClose: () => void;
}) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <section
      className={styles.beside}
      aria-label="AI draft"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      <div className={styles.besideHead}>
        <h3>AI draft</h3>
        <IconButton label="Close the draft" icon={<X size={16} />} onClick={onClose} />
      </div>
      <div className={styles.besideText} tabIndex={0} role="region" aria-label="Words of the draft">
        <SafeHtml html={html} />
        {sources.length > 0 && <Sources sources={sources} />}
      </div>
      <div className={styles.besideActions}>
        <Button ref={first} size="small" variant="primary" onClick={onReplace}>
          {isEmpty ? "Use it" : "Replace my text"}
        </Button>
        {!isEmpty && (
          <Button size="small" onClick={onInsert}>
            Insert below
          </Button>
        )}
        <Button size="small" variant="quiet" onClick={onDiscard}>
          Discard
        </Button>
      </div>
    </section>
  );
}

/** What was changed of the draft, word by word. */
export function DraftDifference({ before, after }: { before: string; after: string }) {
  const parts = wordDiff(textOf(before), textOf(after));
  return (
    <section className={styles.beside} aria-label="Changes to the AI draft">
      <div className={styles.besideHead}>
        <h3>Changes to the AI draft</h3>
      </div>
      <div className={styles.difference} tabIndex={0} role="region" aria-label="Changes" dir="auto">
        {parts.map((part, at) =>
          part.kind === "removed" ? (
            <del key={at}>{part.text}</del>
          ) : part.kind === "added" ? (
            <ins key={at}>{part.text}</ins>
          ) : (
            <span key={at}>{part.text}</span>
          ),
        )}
      </div>
    </section>
  );
}
