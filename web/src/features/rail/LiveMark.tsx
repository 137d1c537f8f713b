import { Circle, CircleDashed, WifiOff } from "lucide-react";
import { type LiveStatus, useLiveStatus } from "@/api/events";
import { Tooltip } from "@/ui/Tooltip";
import { cx } from "@/ui/cx";
import styles from "./Rail.module.css";

const WORDS: Record<LiveStatus, { word: string; text: string }> = {
  live: { word: "Live", text: "What you see is as it is now." },
  behind: { word: "Catching up", text: "Changes of the last moments may be missing." },
  offline: { word: "Offline", text: "Nothing comes in. What you see may be old." },
};

/** Whether what is on the screen is as it is now: by a word and a shape. */
export function LiveMark({ isCollapsed }: { isCollapsed: boolean }) {
  const status = useLiveStatus();
  const { word, text } = WORDS[status];
  return (
    <Tooltip text={isCollapsed ? `${word}. ${text}` : text} side="right">
      <div
        className={cx(styles.live, isCollapsed && styles.iconLink)}
        data-status={status}
        tabIndex={isCollapsed ? 0 : -1}
        role="img"
        aria-label={`${word}. ${text}`}
      >
        {status === "live" && <Circle size={10} fill="currentColor" aria-hidden />}
        {status === "behind" && <CircleDashed size={14} aria-hidden />}
        {status === "offline" && <WifiOff size={14} aria-hidden />}
        {!isCollapsed && <span>{word}</span>}
      </div>
    </Tooltip>
  );
}
