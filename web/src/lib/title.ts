import { useEffect } from "react";

const NAME = "Looplane";
let title = NAME;
let count = "";

let isDue = false;

// Once for all that changes in a turn: the browser hands each title on to its window.
function paint(): void {
  if (isDue) return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    document.title = count === "" ? title : `(${count}) ${title}`;
  });
}

/** The title of the page while the caller is on the screen; the innermost one holds. */
export function useTitle(next: string | null | undefined): void {
  useEffect(() => {
    if (!next) return;
    const before = title;
    title = `${next} · ${NAME}`;
    paint();
    return () => {
      title = before;
      paint();
    };
  }, [next]);
}

/** Before the title, how much is waiting; "" for nothing. */
export function useTitleCount(next: string): void {
  useEffect(() => {
    count = next;
    paint();
    return () => {
      count = "";
      paint();
    };
  }, [next]);
}
