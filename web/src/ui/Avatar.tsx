import { useState } from "react";
import { isOwnPicture } from "./own-pictures";
import styles from "./small.module.css";

const segmenter = new Intl.Segmenter();

/** What a reader takes for the first letter: an emoji is one, however it is put together. */
const firstOf = (word: string): string =>
  segmenter.segment(word)[Symbol.iterator]().next().value?.segment ?? "";

function initialsOf(name: string): string {
  const words = name
    .replace(/@.*/, "")
    .split(/[\s._-]+/u)
    // What nobody sees, and what turns the direction around, is no initial.
    .map((word) => word.replace(/^[\p{Cf}\p{Cc}]+/u, ""))
    .filter(Boolean);
  const last = words.length > 1 ? firstOf(words.at(-1) ?? "") : "";
  return (firstOf(words[0] ?? "?") + last).toUpperCase();
}

/** A face, or the initials. Say whose it is with `label`, unless the name stands beside it. */
export function Avatar({
  name,
  src,
  size = 24,
  label,
}: {
  /** A name, or an address where there is none. */
  name: string;
  src?: string | null;
  size?: number;
  label?: string;
}) {
  const [failed, setFailed] = useState<string | null>(null);
  const named =
    label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <span
      {...named}
      className={styles.avatar}
      style={{ width: size, height: size, fontSize: size * 0.42 }}
    >
      {src && src !== failed && isOwnPicture(src) ? (
        <img src={src} alt="" referrerPolicy="no-referrer" onError={() => setFailed(src)} />
      ) : (
        initialsOf(name)
      )}
    </span>
  );
}
