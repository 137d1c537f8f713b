import { useState } from "react";
import type { Sentence } from "@/api/timeline";
import styles from "./Card.module.css";
import { When } from "./When";

const SHOWN = 2;

/** What changed between two messages: a sentence each, and runs of them folded. */
export function Changes({ sentences }: { sentences: readonly Sentence[] }) {
  const [isOpen, setOpen] = useState(false);
  const isFolded = sentences.length > SHOWN && !isOpen;
  return (
    <div className={styles.changes}>
      {sentences.length > SHOWN && (
        <button
          type="button"
          className={styles.run}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {sentences.length} changes
        </button>
      )}
      {!isFolded && (
        <ul>
          {sentences.map((sentence) => (
            <li key={sentence.id} className={styles.change}>
              <span dir="auto">{sentence.text}</span>
              <When at={sentence.at} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
