import { useEffect, useState } from "react";

const QUIET_MS = 2_000;
let waiting: string | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let say: ((text: string) => void) | null = null;

function speak(): void {
  timer = undefined;
  if (waiting === null || !say) return;
  say(waiting);
  waiting = null;
  timer = setTimeout(speak, QUIET_MS);
}

/** Says something to those who hear the screen, politely: of several at once only the last. */
export function announce(text: string): void {
  waiting = text;
  timer ??= setTimeout(speak, 50);
}

/** The one live region of the page. */
export function LiveRegion() {
  const [text, setText] = useState("");
  useEffect(() => {
    // The same words again are said again only where they differ.
    say = (next) => setText((before) => (before === next ? `${next}\u00a0` : next));
    return () => {
      say = null;
    };
  }, []);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}
