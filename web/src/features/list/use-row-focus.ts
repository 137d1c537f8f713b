import { type RefObject, useEffect, useRef } from "react";

// What closes gives the focus back first, where it has somebody to give it to.
const AFTER_OTHERS_MS = 50;

const isNowhere = (): boolean => document.activeElement === document.body;

/**
 * Gives the focus to a row once it is there. To the active one as well, where keys act on it and
 * the focus is nowhere: the row, the thread or the dialog that had it is gone.
 */
export function useRowFocus(
  scrollRef: RefObject<HTMLElement | null>,
  active: string | null,
  isThreadOpen: boolean,
): (id: string) => void {
  const wanted = useRef<string | null>(null);
  const hadFocus = useRef(false);
  const find = (id: string): HTMLElement | null =>
    scrollRef.current?.querySelector(`[data-id="${CSS.escape(id)}"]`) ?? null;
  const focus = (id: string): boolean => {
    const row = find(id);
    row?.focus({ preventScroll: true });
    return row !== null;
  };
  useEffect(() => {
    const id = wanted.current ?? (isNowhere() && hadFocus.current ? active : null);
    if (id !== null && focus(id)) wanted.current = null;
    hadFocus.current = scrollRef.current?.contains(document.activeElement) ?? false;
    if (active === null || isThreadOpen || !isNowhere()) return;
    const later = setTimeout(() => {
      if (isNowhere()) focus(active);
    }, AFTER_OTHERS_MS);
    return () => clearTimeout(later);
  });
  return (id) => {
    if (!focus(id)) wanted.current = id;
  };
}
