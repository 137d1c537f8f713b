import type { EditorView } from "@tiptap/pm/view";
import { useState, useSyncExternalStore } from "react";
import { isComposing } from "@/ui/composing";
import type { Suggestion, Suggestions } from "./Editor";
import type { Match } from "./rich-extensions";

export interface Place {
  left: number;
  top: number;
  bottom: number;
}

interface SuggestState {
  match: Match | null;
  place: Place | null;
  items: readonly Suggestion[];
  at: number;
}

const CLOSED: SuggestState = { match: null, place: null, items: [], at: 0 };

/** The list that opens behind `;` and `@`: what is in it, which is marked, which key does what. */
export class SuggestStore {
  #state = CLOSED;
  #listeners = new Set<() => void>();
  #find: Suggestions = {};
  /** Where a list was closed with Esc: it stays so until another sign is typed. */
  #dismissed: number | null = null;
  #pick: (match: Match, html: string) => void = () => undefined;

  get = (): SuggestState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(state: SuggestState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }

  connect(find: Suggestions, pick: (match: Match, html: string) => void): void {
    this.#find = find;
    this.#pick = pick;
  }

  onMatch = (match: Match | null, view: EditorView): void => {
    if (match === null) this.#dismissed = null;
    const before = this.#state.match;
    if (match === null || match.from === this.#dismissed || !view.hasFocus()) {
      if (before) this.#set(CLOSED);
      return;
    }
    if (before?.query === match.query && before.from === match.from) return;
    const { left, top, bottom } = view.coordsAtPos(match.from);
    const items = this.#find[match.sign]?.(match.query) ?? [];
    this.#set({ match, place: { left, top, bottom }, items, at: 0 });
  };

  onKey = (event: KeyboardEvent): boolean => {
    const { items, at, match } = this.#state;
    if (!match || items.length === 0 || isComposing(event)) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isPick =
      event.key === "Tab" || (event.key === "Enter" && !event.metaKey && !event.ctrlKey);
    if (step !== undefined) this.mark((at + step + items.length) % items.length);
    else if (event.key === "Escape") this.close();
    else if (isPick) this.pick(at);
    else return false;
    event.preventDefault();
    return true;
  };

  mark = (at: number): void => {
    if (at !== this.#state.at) this.#set({ ...this.#state, at });
  };

  pick = (at: number): void => {
    const { items, match } = this.#state;
    const item = items[at];
    if (!item || !match) return;
    this.#set(CLOSED);
    this.#pick(match, item.html);
  };

  close(): void {
    this.#dismissed = this.#state.match?.from ?? null;
    this.#set(CLOSED);
  }
}

export function useSuggest(): { store: SuggestStore; state: SuggestState } {
  const [store] = useState(() => new SuggestStore());
  return { store, state: useSyncExternalStore(store.subscribe, store.get) };
}
