import {
  type KeyboardEvent,
  type ReactNode,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import styles from "./Combobox.module.css";
import { ComboboxList } from "./ComboboxList";
import { FloatingPanel } from "./FloatingPanel";
import { type ComboboxItem, type CreateOption, type ItemSource, useItems } from "./combobox-items";
import { isComposing } from "./composing";

const CREATE = "\u0000create";
/** What a list of some length takes, in pixels. */
const ROOM = 320;

interface ComboboxProps {
  /** What is picked: "Assignee". */
  label: string;
  /** A Button or an IconButton, which opens it; without one it opens in the middle of the page. */
  trigger?: ReactNode;
  /** What it opens beside, where the button is elsewhere and only asks for it. */
  anchor?: Element | null;
  /** A fixed list, or a search that answers later: keep its identity between renders. */
  items: ItemSource;
  /** The ids of what is picked. */
  value: readonly string[];
  isMultiple?: boolean;
  placeholder?: string;
  /** Once, when it closes with another choice; Esc leaves all as it was. */
  onChange: (ids: string[], items: ComboboxItem[]) => void;
  /** Ways to make what was typed; what comes back is picked. */
  creates?: (text: string) => readonly CreateOption[];
  open?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  align?: "start" | "end";
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((id) => other.includes(id));

export function Combobox(props: ComboboxProps) {
  const { label, trigger, value, isMultiple = false, onChange } = props;
  const [isOpenHere, setOpenHere] = useState(false);
  const isOpen = props.open ?? isOpenHere;
  const [query, setQuery] = useState("");
  const [picked, setPicked] = useState<readonly string[]>(value);
  const [active, setActive] = useState(0);
  const [failure, setFailure] = useState<string | null>(null);
  const [isMaking, setMaking] = useState(false);
  const triggerRef = useRef<HTMLButtonElement>(null);
  const [side, setSide] = useState<"top" | "bottom">("bottom");
  // It grows as things are found, so what is there when it opens does not tell the better side.
  useLayoutEffect(() => {
    const box = triggerRef.current?.getBoundingClientRect();
    if (!isOpen || !box) return;
    const below = innerHeight - box.bottom;
    setSide(below < ROOM && box.top > below ? "top" : "bottom");
  }, [isOpen]);
  const known = useRef(new Map<string, ComboboxItem>());
  const listId = useId();
  const found = useItems(props.items, query, isOpen);

  const text = query.trim();
  const hasExact = found.items.some((item) => item.label.toLowerCase() === text.toLowerCase());
  const canCreate = text !== "" && !hasExact && !found.isLoading;
  const creates = (canCreate && props.creates?.(text)) || [];
  const items = [
    ...found.items,
    ...creates.map(({ label, icon }, n) => ({ id: `${CREATE}${n}`, label, icon })),
  ];
  const at = Math.min(active, items.length - 1);

  const setOpen = (next: boolean): void => {
    setOpenHere(next);
    props.onOpenChange?.(next);
  };
  // Also where the owner opened it, the choice begins with what there is.
  const [wasOpen, setWasOpen] = useState(isOpen);
  if (wasOpen !== isOpen) {
    setWasOpen(isOpen);
    if (isOpen) {
      setPicked(value);
      setQuery("");
      setActive(0);
      setFailure(null);
    }
  }

  const commit = (ids: readonly string[]): void => {
    setOpen(false);
    if (isSame(ids, value)) return;
    onChange(
      [...ids],
      ids.flatMap((id) => known.current.get(id) ?? []),
    );
  };

  const toggle = (item: ComboboxItem): void => {
    known.current.set(item.id, item);
    if (!isMultiple) return commit([item.id]);
    setPicked((ids) =>
      ids.includes(item.id) ? ids.filter((id) => id !== item.id) : [...ids, item.id],
    );
    setQuery("");
  };

  const pick = (item: ComboboxItem): void => {
    for (const one of found.items) known.current.set(one.id, one);
    if (!item.id.startsWith(CREATE)) return toggle(item);
    if (isMaking) return;
    setMaking(true);
    setFailure(null);
    creates[Number(item.id.slice(CREATE.length))]
      ?.make()
      .then(toggle, (error: unknown) => {
        setFailure(error instanceof Error ? error.message : "It could not be made.");
      })
      .finally(() => setMaking(false));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event.nativeEvent)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && items.length > 0) {
      event.preventDefault();
      setActive((at + step + items.length) % items.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      for (const one of found.items) known.current.set(one.id, one);
      const item = items[at];
      if (event.metaKey || event.ctrlKey) commit(picked);
      else if (item) pick(item);
    } else if (event.key === "Backspace" && query === "" && picked.length > 0) {
      event.preventDefault();
      if (isMultiple) setPicked(picked.slice(0, -1));
      else commit([]);
    } else if (event.key === "Tab") commit(picked);
  };

  return (
    <FloatingPanel
      open={isOpen}
      onOpenChange={(next) => (next ? setOpen(true) : commit(picked))}
      label={label}
      className={styles.panel}
      trigger={trigger}
      anchor={props.anchor}
      triggerRef={triggerRef}
      align={props.align}
      side={side}
      onEscapeKeyDown={(event) => {
        event.preventDefault();
        if (!isComposing(event)) setOpen(false);
      }}
    >
      <input
        className={styles.input}
        role="combobox"
        aria-label={label}
        aria-expanded
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={items[at] ? `${listId}-${at}` : undefined}
        placeholder={props.placeholder ?? "Search…"}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ComboboxList
        id={listId}
        label={label}
        items={items}
        picked={picked}
        active={at}
        isMultiple={isMultiple}
        note={
          failure ?? found.error ?? (isMaking ? "Creating…" : found.isLoading ? "Searching…" : null)
        }
        onPick={pick}
        onHover={setActive}
      />
    </FloatingPanel>
  );
}
