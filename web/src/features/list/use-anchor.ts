import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { shiftOf } from "./active-row";

/**
 * Holds what is on the screen, or under the pointer, in its place while rows come and go above,
 * and counts what came. At the top, with the pointer elsewhere, new rows are simply seen.
 */
export function useAnchor(
  scrollRef: RefObject<HTMLDivElement | null>,
  ids: readonly string[],
  rowHeight: number,
) {
  const before = useRef(ids);
  const isPointerInside = useRef(false);
  const offset = useRef(0);
  const [above, setAbove] = useState(0);
  const [isSliding, setSliding] = useState(false);
  const [shown, setShown] = useState(ids);
  if (shown !== ids) {
    setShown(ids);
    // Only what closes a gap slides; what makes room would move under the pointer.
    setSliding(ids.length < shown.length);
  }

  useLayoutEffect(() => {
    const was = before.current;
    before.current = ids;
    const scroll = scrollRef.current;
    if (was === ids || !scroll) return;
    // To ask the element would lay out the page amid a change of it.
    const top = offset.current;
    if (top < 1 && !isPointerInside.current) return;
    const shift = shiftOf(was, ids, Math.floor(top / rowHeight));
    if (shift.rows === 0) return;
    offset.current = top + shift.rows * rowHeight;
    scroll.scrollTop = offset.current;
    if (shift.arrived > 0) setAbove((count) => count + shift.arrived);
  }, [scrollRef, ids, rowHeight]);

  const onScroll = useCallback(() => {
    offset.current = scrollRef.current?.scrollTop ?? 0;
    if (offset.current < 1) setAbove(0);
  }, [scrollRef]);
  const goToTop = useCallback(() => {
    scrollRef.current?.scrollTo({ top: 0 });
    setAbove(0);
  }, [scrollRef]);
  const onPointerEnter = useCallback((event: { pointerType: string }) => {
    isPointerInside.current = event.pointerType === "mouse";
  }, []);
  const onPointerLeave = useCallback(() => {
    isPointerInside.current = false;
  }, []);
  return { above, isSliding, onScroll, goToTop, onPointerEnter, onPointerLeave };
}
