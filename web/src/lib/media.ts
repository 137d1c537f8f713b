import { useSyncExternalStore } from "react";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
  );
}

type Width = "wide" | "medium" | "narrow";

/** The three layouts of the inbox. The same bounds stand in its style sheets. */
export function useWidth(): Width {
  const wide = useMedia("(min-width: 1280px)");
  const narrow = useMedia("(max-width: 899px)");
  return wide ? "wide" : narrow ? "narrow" : "medium";
}
