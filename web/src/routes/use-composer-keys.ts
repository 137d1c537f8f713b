import { useNavigate } from "@tanstack/react-router";
import { useMe } from "@/api/session";
import { focusWantedIn } from "@/features/composer/focus-wanted";
import { useAction } from "@/lib/actions";

/**
 * The keys of the composer where it is not there itself: while it, or the thread, is still on its
 * way. Where no thread is open, that of the reply opens the highlighted one.
 */
export function useComposerKeys(
  threadId: string | undefined,
  highlightedId: string | null,
  open: (id: string, compose: "reply") => void,
): void {
  const me = useMe();
  const navigate = useNavigate();
  const start = (compose: "reply" | "comment") => (): void => {
    if (threadId === undefined) {
      if (highlightedId === null) return;
      focusWantedIn.set(highlightedId);
      open(highlightedId, "reply");
    } else {
      focusWantedIn.set(threadId);
      void navigate({ to: ".", search: (before) => ({ ...before, compose }), replace: true });
    }
  };
  const canWrite = me.role !== "VIEWER";
  const isOpen = threadId !== undefined;
  useAction("reply", start("reply"), {
    enabled: canWrite && (isOpen || highlightedId !== null),
    isFallback: true,
  });
  useAction("comment", start("comment"), { enabled: canWrite && isOpen, isFallback: true });
}
