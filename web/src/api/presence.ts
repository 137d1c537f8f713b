import { useEffect, useState } from "react";
import { APP, send } from "./client";
import { ApiError } from "./errors";
import type { components } from "./schema";
import { signal } from "./signal";

type Beat = components["schemas"]["PresenceBeat"];
type PresenceOut = components["schemas"]["PresenceOut"];
type PresentMember = PresenceOut["others"][number];

const EVERY_MS = 10_000;
// What changes within a moment is asked for once.
const TOGETHER_MS = 100;

/** The thread in which something is being written in this tab: the composer says so. */
export const writingIn = signal<string | null>(null);

const changed = new Set<(threadId: string) => void>();

/** Called with a thread at which somebody else came, went or began something else. */
export function presenceChanged(threadId: string): void {
  for (const listener of changed) listener(threadId);
}

// A tab that is reloaded is a new one; the one before has said that it left.
const tab = crypto.randomUUID();

const requestOf = (beat: Beat, keepalive = false): Request =>
  new Request(new URL(`${APP}/presence`, location.origin), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(beat),
    keepalive,
  });

/**
 * Says every 10 seconds that this tab is at a thread, while it is seen, and hears who else is: then,
 * and as soon as the stream says that this is another than before.
 */
export function usePresence(threadId: string): readonly PresentMember[] {
  const [others, setOthers] = useState<readonly PresentMember[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    let isThere = false;
    let isSupported = true;
    const beat = (): void => {
      if (document.visibilityState !== "visible" || !isSupported) return;
      isThere = true;
      const request = requestOf({
        thread_id: threadId,
        tab,
        doing: writingIn.get() === threadId ? "writing" : "looking",
      });
      send(request)
        .then((response) => response.json() as Promise<PresenceOut>)
        .then(
          (answer) => {
            if (!abort.signal.aborted) setOthers(answer.others);
          },
          (error: unknown) => {
            // Who is there is a courtesy: what fails is tried again with the next beat.
            if (error instanceof ApiError && error.status === 404) isSupported = false;
          },
        );
    };
    const leave = (): void => {
      if (!isThere) return;
      isThere = false;
      send(requestOf({ thread_id: threadId, tab, doing: "left" }, true)).catch(() => undefined);
    };
    const onVisibility = (): void => (document.visibilityState === "visible" ? beat() : leave());
    // Threads that are only passed on the way are not announced to others.
    const first = setTimeout(beat, 400);
    const timer = setInterval(beat, EVERY_MS);
    const unsubscribe = writingIn.subscribe(beat);
    let soon: ReturnType<typeof setTimeout> | undefined;
    const onChange = (id: string): void => {
      // Who is only passing by asks once they stay.
      if (id !== threadId || !isThere) return;
      clearTimeout(soon);
      soon = setTimeout(beat, TOGETHER_MS);
    };
    changed.add(onChange);
    document.addEventListener("visibilitychange", onVisibility);
    window.addEventListener("pagehide", leave);
    return () => {
      abort.abort();
      clearTimeout(first);
      clearInterval(timer);
      clearTimeout(soon);
      changed.delete(onChange);
      unsubscribe();
      document.removeEventListener("visibilitychange", onVisibility);
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [threadId]);
  return others;
}
