import { useEffect, useState } from "react";
import { useMedia } from "@/lib/media";
import styles from "./actions.module.css";

const SHOWN_MS = 400;

/** The ring closes where the status stood, and is gone. Nothing moves for who wants no motion. */
export function ClosingLoop() {
  const isStill = useMedia("(prefers-reduced-motion: reduce)");
  const [place] = useState(() =>
    document.querySelector("[data-thread-status]")?.getBoundingClientRect(),
  );
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), SHOWN_MS);
    return () => clearTimeout(timer);
  }, []);
  if (isOver || isStill || !place || place.width === 0) return null;
  const center = { left: place.left + place.height / 2, top: place.top + place.height / 2 };
  return (
    <svg className={styles.closing} style={center} viewBox="0 0 24 24" aria-hidden>
      <circle cx="12" cy="12" r="8" transform="rotate(-12 12 12)" />
    </svg>
  );
}
