import { useRef, useState } from "react";
import { APP } from "@/api/client";
import { useStored } from "@/lib/stored";
import { Button } from "@/ui/Button";
import styles from "./MailFrame.module.css";

// Heights as they were, so that a message that comes back takes its place at once.
const heights = new Map<string, number>();

const LINE = 24;

/** As high as so much text is likely to be, until it is known. */
const guess = (text: string): number =>
  Math.min(480, LINE * (2 + text.split("\n").length + Math.floor(text.length / 75)));

// What the frame says is measured from here, since nothing within it runs.
function measure(
  frame: HTMLIFrameElement,
  onHeight: (height: number) => void,
): (() => void) | null {
  const page = frame.contentDocument;
  if (!page?.body) return null;
  const say = (): void => {
    const root = page.documentElement;
    const isWide = root.scrollWidth > root.clientWidth + 1;
    onHeight(Math.ceil(page.body.getBoundingClientRect().height) + (isWide ? 16 : 0));
  };
  say();
  const observer = new ResizeObserver(say);
  observer.observe(page.body);
  // Keys that are pressed within mean what they mean outside.
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key, code, shiftKey, ctrlKey, metaKey, altKey } = event;
    const again = new KeyboardEvent("keydown", {
      ...{ key, code, shiftKey, ctrlKey, metaKey, altKey },
      modifierAltGraph: event.getModifierState("AltGraph"),
      bubbles: true,
      cancelable: true,
    });
    if (!frame.dispatchEvent(again)) event.preventDefault();
  };
  page.addEventListener("keydown", onKeyDown);
  return () => {
    observer.disconnect();
    page.removeEventListener("keydown", onKeyDown);
  };
}

/** A mail as it was meant, on a light sheet, in a frame in which nothing runs. */
export function MailFrame({
  threadId,
  messageId,
  sender,
  text,
}: {
  threadId: string;
  messageId: string;
  /** Whose pictures may be loaded, once and for all. */
  sender: string | null;
  text: string;
}) {
  const [isAllowed, allow] = useStored(`images.${sender ?? ""}`, "");
  const [isAsked, setAsked] = useState(false);
  const [remote, setRemote] = useState(0);
  const [height, setHeight] = useState(() => heights.get(messageId) ?? guess(text));
  const stop = useRef<(() => void) | null>(null);
  const loadsRemote = isAsked || (sender !== null && isAllowed === "yes");

  const onLoad = (frame: HTMLIFrameElement): void => {
    stop.current?.();
    stop.current = measure(frame, (measured) => {
      heights.set(messageId, measured);
      setHeight(measured);
    });
    setRemote(Number(frame.contentDocument?.documentElement.dataset["remoteImages"] ?? 0));
  };

  return (
    <div>
      {remote > 0 && !loadsRemote && (
        <div className={styles.images} role="note">
          <span>
            {remote === 1 ? "A picture from elsewhere is" : `${remote} pictures from elsewhere are`}{" "}
            not loaded: they tell the sender that you read this.
          </span>
          <Button size="small" variant="quiet" onClick={() => setAsked(true)}>
            Show
          </Button>
          {sender !== null && (
            <Button size="small" variant="quiet" onClick={() => allow("yes")}>
              Always from {sender}
            </Button>
          )}
        </div>
      )}
      <div className={styles.sheet}>
        <iframe
          className={styles.frame}
          title="The message"
          sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
          loading="lazy"
          referrerPolicy="no-referrer"
          src={`${APP}/messages/${threadId}/${messageId}/frame${loadsRemote ? "?images=remote" : ""}`}
          style={{ height }}
          onLoad={(event) => onLoad(event.currentTarget)}
        />
      </div>
    </div>
  );
}
