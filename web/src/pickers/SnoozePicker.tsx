import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { dateNow } from "@/lib/clock";
import { momentInWords } from "@/lib/dates";
import { SNOOZE_PRESETS, understand } from "@/lib/snooze-words";
import { ComboboxList } from "@/ui/ComboboxList";
import combobox from "@/ui/Combobox.module.css";
import { FloatingPanel } from "@/ui/FloatingPanel";
import type { ComboboxItem } from "@/ui/combobox-items";
import { isComposing, keepWhileComposing } from "@/ui/composing";
import styles from "./SnoozePicker.module.css";

interface SnoozePickerProps {
  open?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  /** The button that opens it. Without one it opens in the middle of the page, as by a key. */
  trigger?: ReactNode;
  /** What it opens beside, where the button is elsewhere and only asks for it. */
  anchor?: Element | null;
  align?: "start" | "end";
  /** Until when it is snoozed now. */
  value: string | null;
  onPick: (at: Date) => void;
  /** What can be done besides, where it is snoozed: wakes it. */
  onWake?: () => void;
}

const WAKE = "wake";
const WAKE_ITEM: ComboboxItem = { id: WAKE, label: "Wake it now", detail: "It is open again" };

/** Asks when a thread is to come back: in words, which are said back as a moment. */
export function SnoozePicker(props: SnoozePickerProps) {
  const { trigger, anchor, onPick, onWake } = props;
  const [isOpenHere, setOpenHere] = useState(false);
  const isOpen = props.open ?? isOpenHere;
  const setOpen = (next: boolean): void => {
    setOpenHere(next);
    props.onOpenChange?.(next);
  };
  return (
    <FloatingPanel
      open={isOpen}
      onOpenChange={setOpen}
      label="Snooze"
      trigger={trigger}
      anchor={anchor}
      align={props.align}
      className={styles.content}
      onEscapeKeyDown={keepWhileComposing}
    >
      <Words
        value={props.value}
        onPick={(at) => {
          setOpen(false);
          onPick(at);
        }}
        onWake={
          onWake &&
          (() => {
            setOpen(false);
            onWake();
          })
        }
      />
    </FloatingPanel>
  );
}

function itemsOf(
  text: string,
  now: Date,
  canWake: boolean,
): { items: ComboboxItem[]; note: string | null } {
  const typed = text.trim();
  const found = understand(typed, now);
  const isMeant = (label: string): boolean => label.toLowerCase().startsWith(typed.toLowerCase());
  const presets = SNOOZE_PRESETS.flatMap((preset): ComboboxItem[] => {
    const at = understand(preset.words, now);
    return at && "at" in at && isMeant(preset.label)
      ? [{ id: preset.words, label: preset.label, detail: momentInWords(at.at, now) }]
      : [];
  });
  const known = canWake && isMeant(WAKE_ITEM.label) ? [...presets, WAKE_ITEM] : presets;
  if (typed === "") return { items: known, note: null };
  if (found && "at" in found) {
    const said: ComboboxItem = { id: typed, label: momentInWords(found.at, now) };
    const others = known.filter((item) => item.detail !== said.label);
    return { items: [said, ...others], note: null };
  }
  return { items: known, note: known.length > 0 ? null : (found?.problem ?? null) };
}

function Words({
  value,
  onPick,
  onWake,
}: {
  value: string | null;
  onPick: (at: Date) => void;
  onWake: (() => void) | undefined;
}) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const [now, setNow] = useState(dateNow);
  const listId = useId();
  const { items, note } = itemsOf(text, now, onWake !== undefined);
  const at = Math.min(active, items.length - 1);

  const pick = (item: ComboboxItem): void => {
    if (item.id === WAKE) return onWake?.();
    // Said again with the time of now, so that "in 1 min" is not past by the time it is pressed.
    const found = understand(item.id, dateNow());
    if (found && "at" in found) onPick(found.at);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event.nativeEvent)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const item = items[at];
    if (step !== undefined && items.length > 0) {
      event.preventDefault();
      setActive((at + step + items.length) % items.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (item) pick(item);
    }
  };

  return (
    <>
      <input
        className={combobox.input}
        role="combobox"
        aria-label="Snooze until"
        aria-expanded
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={items[at] ? `${listId}-${at}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder="tomorrow 9, monday, in 3h…"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setNow(dateNow());
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className={styles.list}>
        <ComboboxList
          id={listId}
          label="Moments"
          items={items}
          picked={[]}
          active={at}
          isMultiple={false}
          note={note ?? (items.length === 0 ? "Type when it should come back" : null)}
          onPick={pick}
          onHover={setActive}
        />
      </div>
      <p className={styles.hint}>
        {value !== null && <>Snoozed until {momentInWords(new Date(value), now)}. </>}
        It comes back sooner if the customer writes.
      </p>
    </>
  );
}
