import {
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

// While heights of mails come in, the place is held; as soon as somebody scrolls, it is theirs.
const SETTLES_MS = 2_500;
const NEAR = 80;
const ABOVE = 12;

/**
 * Keeps a timeline where it should be: at what is new on opening, at its end while one is there,
 * and where one reads when older messages come in above.
 */
export function useTimelineScroll(
  scroller: RefObject<HTMLElement | null>,
  {
    isReady,
    firstKey,
    lastKey,
    sendingKey,
  }: {
    isReady: boolean;
    firstKey: string;
    lastKey: string;
    /** What one sends oneself now: it is followed from wherever one reads. */
    sendingKey: string | null;
  },
): { isAtEnd: boolean; toEnd: () => void } {
  const [isAtEnd, setAtEnd] = useState(true);
  const isTheirs = useRef(false);
  const stick = useRef(true);
  const held = useRef<{ element: Element; top: number } | null>(null);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || !isReady) return;
    const place = (): void => {
      const target = box.querySelector("[data-opens-here]");
      if (isTheirs.current || !target) return;
      box.scrollBy({
        top: target.getBoundingClientRect().top - box.getBoundingClientRect().top - ABOVE,
      });
    };
    const atEnd = (): boolean => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    place();
    stick.current = atEnd();
    const take = (): void => {
      isTheirs.current = true;
    };
    const settled = setTimeout(take, SETTLES_MS);
    const content = box.firstElementChild;
    const observer = new ResizeObserver(() => {
      if (!isTheirs.current) place();
      else if (stick.current) box.scrollTo({ top: box.scrollHeight });
    });
    if (content) observer.observe(content);
    observer.observe(box);
    const onScroll = (): void => {
      stick.current = atEnd();
      setAtEnd(stick.current);
    };
    const gestures = ["wheel", "touchmove", "keydown", "pointerdown"] as const;
    for (const gesture of gestures) box.addEventListener(gesture, take, { passive: true });
    box.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      clearTimeout(settled);
      observer.disconnect();
      for (const gesture of gestures) box.removeEventListener(gesture, take);
      box.removeEventListener("scroll", onScroll);
    };
  }, [scroller, isReady]);

  // What stood at the top before older messages came in stands where it stood.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const hold = (): void => {
      const edge = box.getBoundingClientRect().top;
      const shown = [...box.querySelectorAll("article[aria-labelledby]")].find(
        (article) => article.getBoundingClientRect().bottom > edge,
      );
      held.current = shown ? { element: shown, top: shown.getBoundingClientRect().top } : null;
    };
    const before = held.current;
    if (before?.element.isConnected && isTheirs.current) {
      // By hand, so not by the browser as well.
      box.style.setProperty("overflow-anchor", "none");
      box.scrollBy({ top: before.element.getBoundingClientRect().top - before.top });
      requestAnimationFrame(() => box.style.removeProperty("overflow-anchor"));
    }
    box.addEventListener("scroll", hold, { passive: true });
    return () => box.removeEventListener("scroll", hold);
  }, [scroller, firstKey]);

  // What comes in below is followed by whoever is at the end.
  const lastSeen = useRef(lastKey);
  useEffect(() => {
    const box = scroller.current;
    if (!box || lastSeen.current === lastKey) return;
    lastSeen.current = lastKey;
    if (stick.current && isTheirs.current) box.scrollTo({ top: box.scrollHeight });
  }, [scroller, lastKey]);

  const toEnd = (): void => {
    isTheirs.current = true;
    stick.current = true;
    const box = scroller.current;
    if (box) box.scrollTo({ top: box.scrollHeight });
  };
  const follow = useEffectEvent(toEnd);
  const lastSending = useRef(sendingKey);
  useEffect(() => {
    const isNew = sendingKey !== null && sendingKey !== lastSending.current;
    lastSending.current = sendingKey;
    if (isNew) follow();
  }, [sendingKey]);

  return { isAtEnd, toEnd };
}
