import {
  type ReactNode,
  createContext,
  use,
  useEffect,
  useEffectEvent,
  useState,
  useSyncExternalStore,
} from "react";
import {
  type ActionId,
  OPENS_FIELD,
  SHORTCUTS,
  type Shortcut,
  keyLabels,
  keysOf,
  pressOf,
  readRemapped,
} from "./shortcuts";
import { readStored } from "./stored";
import { TypeAhead, isField } from "./type-ahead";

const SEQUENCE_MS = 1_200;

/** Keeps who handles which action; of several the one that came last, as it lies on top. */
class ActionStore {
  #handlers = new Map<ActionId, (() => void)[]>();
  #listeners = new Set<() => void>();
  #version = 0;

  register(id: ActionId, handler: () => void, isFallback: boolean): () => void {
    const others = this.#handlers.get(id) ?? [];
    this.#handlers.set(id, isFallback ? [handler, ...others] : [...others, handler]);
    this.#changed();
    return () => {
      this.#handlers.set(id, this.#handlers.get(id)?.filter((one) => one !== handler) ?? []);
      this.#changed();
    };
  }

  #changed(): void {
    this.#version++;
    for (const listener of [...this.#listeners]) listener();
  }

  version = (): number => this.#version;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  has(id: ActionId): boolean {
    return (this.#handlers.get(id)?.length ?? 0) > 0;
  }

  run(id: ActionId): boolean {
    const handler = this.#handlers.get(id)?.at(-1);
    handler?.();
    return handler !== undefined;
  }
}

const Context = createContext<ActionStore | null>(null);

function useStore(): ActionStore {
  const store = use(Context);
  if (!store) throw new Error("There is no ActionsProvider above.");
  return store;
}

export function ActionsProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => new ActionStore());
  useEffect(() => listen(store), [store]);
  return <Context value={store}>{children}</Context>;
}

/**
 * Handles an action while the caller is on the screen: by its key, a menu or the palette. A fallback
 * does where nothing else handles it, or not yet.
 */
export function useAction(
  id: ActionId,
  handler: () => void,
  { enabled = true, isFallback = false }: { enabled?: boolean; isFallback?: boolean } = {},
): void {
  const store = useStore();
  const onRun = useEffectEvent(handler);
  useEffect(
    () => (enabled ? store.register(id, () => onRun(), isFallback) : undefined),
    [store, id, enabled, isFallback],
  );
}

export interface Action extends Shortcut {
  id: ActionId;
  /** Whether anything on the screen does it now. */
  isEnabled: boolean;
  run: () => void;
}

/** All actions, for the palette, menus and the help; their keys as this person has them. */
export function useActions(): Action[] {
  const store = useStore();
  useSyncExternalStore(store.subscribe, store.version);
  return allActions(store);
}

function allActions(store: ActionStore): Action[] {
  const remapped = readRemapped(readStored("keys"));
  return SHORTCUTS.map((shortcut) => ({
    ...shortcut,
    keys: remapped.off ? [] : keysOf(shortcut.id, remapped),
    isEnabled: store.has(shortcut.id),
    run: () => void store.run(shortcut.id),
  }));
}

/** Runs an action by its name, as a button that does the same as a key. */
export function useRunAction(): (id: ActionId) => void {
  const store = useStore();
  return (id) => void store.run(id);
}

/** The first key of an action, as a tooltip shows it: "E", "G N". */
export function useKeyLabel(id: ActionId): string | undefined {
  const remapped = readRemapped(readStored("keys"));
  const [first] = remapped.off ? [] : keysOf(id, remapped);
  return first === undefined ? undefined : keyLabels(first).join(" ");
}

// Enter on a button presses the button, and nothing else.
const isPressable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("a, button, summary, [role='button']") !== null;

const isBehindDialog = (): boolean =>
  document.querySelector(
    ":is([role='dialog'], [role='alertdialog'], [role='menu'], [role='listbox'])[data-state='open']",
  ) !== null;

function listen(store: ActionStore): () => void {
  const typeAhead = new TypeAhead();
  let begun = "";
  let begunAt = 0;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const press = pressOf(event);
    if (press === null || isBehindDialog()) return;
    const isMod = press.startsWith("mod+");
    if (isField(event.target) && (!isMod || press === "mod+a")) return;
    if (press === "Enter" && isPressable(event.target)) return;
    const remapped = readRemapped(readStored("keys"));
    if (remapped.off) return;
    const sequence =
      begun !== "" && event.timeStamp - begunAt < SEQUENCE_MS ? `${begun} ${press}` : "";
    begun = "";
    const all = SHORTCUTS.map(({ id }) => ({ id, keys: keysOf(id, remapped) }));
    const meant = (keys: string): boolean =>
      all.some((one) => {
        if (!one.keys.includes(keys) || !store.has(one.id)) return false;
        if (OPENS_FIELD.has(one.id)) typeAhead.begin();
        return store.run(one.id);
      });
    if (sequence !== "" && meant(sequence)) return event.preventDefault();
    if (meant(press)) return event.preventDefault();
    if (all.some((one) => one.keys.some((keys) => keys.startsWith(`${press} `)))) {
      begun = press;
      begunAt = event.timeStamp;
    }
  };

  document.addEventListener("keydown", onKeyDown);
  return () => {
    typeAhead.end();
    document.removeEventListener("keydown", onKeyDown);
  };
}
