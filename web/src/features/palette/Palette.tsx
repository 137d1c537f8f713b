import { type KeyboardEvent, useId, useState } from "react";
import { isComposing } from "@/ui/composing";
import { Dialog } from "@/ui/Dialog";
import { type PaletteItem } from "./palette-items";
import styles from "./Palette.module.css";
import { PaletteList } from "./PaletteList";
import { usePaletteItems } from "./use-palette-items";

interface PaletteProps {
  open: boolean;
  /** Which things it begins with: all that can be done, or what can be jumped to. */
  mode?: "all" | "search";
  onOpenChange: (isOpen: boolean) => void;
}

// The dialog gives the focus back as it goes; what then opens must have it after that.
const AFTER_CLOSING_MS = 20;

export function Palette({ open, mode = "all", onOpenChange }: PaletteProps) {
  const isSearch = mode === "search";
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={isSearch ? "Jump to" : "Find an action"}
      isBare
      size="wide"
    >
      <Contents isSearch={isSearch} onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Contents({ isSearch, onClose }: { isSearch: boolean; onClose: () => void }) {
  const [words, setWords] = useState("");
  const [active, setActive] = useState(0);
  const listId = useId();
  const { items, people } = usePaletteItems(words, isSearch);
  const at = Math.max(0, Math.min(active, items.length - 1));

  const pick = (item: PaletteItem | undefined): void => {
    if (!item || item.needs !== undefined) return;
    onClose();
    setTimeout(item.run, AFTER_CLOSING_MS);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event.nativeEvent)) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined && items.length > 0) {
      event.preventDefault();
      const next = at + step;
      const isFar = Math.abs(step) > 1;
      setActive(
        isFar
          ? Math.max(0, Math.min(items.length - 1, next))
          : (next + items.length) % items.length,
      );
    } else if (event.key === "Enter") {
      event.preventDefault();
      pick(items[at]);
    }
  };
  return (
    <div className={styles.palette}>
      <input
        className={styles.input}
        role="combobox"
        aria-label={isSearch ? "Jump to" : "Find an action"}
        aria-expanded
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={items[at] ? `${listId}-${at}` : undefined}
        placeholder={
          isSearch ? "Jump to a thread, a contact or a company" : "What do you want to do?"
        }
        autoFocus
        spellCheck={false}
        autoComplete="off"
        dir="auto"
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <PaletteList id={listId} items={items} active={at} onHover={setActive} onPick={pick} />
      <p className={styles.foot} role="status">
        {people.hasFailed
          ? "Contacts and companies could not be looked for."
          : people.isLoading
            ? "Looking for contacts and companies…"
            : items.length === 0
              ? "Nothing found by this name."
              : isSearch
                ? "Finds loaded threads, contacts and companies by name. Searching within messages is yet to come."
                : "↑ ↓ to move, ↵ to choose, Esc to close"}
      </p>
    </div>
  );
}
