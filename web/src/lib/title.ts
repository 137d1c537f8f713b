import { useEffect } from "react";

/** The title of the page while the caller is on the screen; the innermost one holds. */
export function useTitle(title: string | null | undefined): void {
  useEffect(() => {
    if (!title) return;
    const before = document.title;
    document.title = `${title} · Looplane`;
    return () => {
      document.title = before;
    };
  }, [title]);
}
