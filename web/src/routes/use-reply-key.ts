import { focusWantedIn } from "@/features/composer/focus-wanted";
import { useAction } from "@/lib/actions";

/** The key of the reply where no thread is open: opens that of the highlighted row, and its reply. */
export function useReplyKey(
  highlightedId: string | null,
  open: (id: string, compose: "reply") => void,
): void {
  useAction(
    "reply",
    () => {
      if (highlightedId === null) return;
      focusWantedIn.set(highlightedId);
      open(highlightedId, "reply");
    },
    { enabled: highlightedId !== null },
  );
}
