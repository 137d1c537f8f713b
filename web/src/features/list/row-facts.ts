import { activityOf, isLoopOf, waitingSince } from "@/api/list-rules";
import type { Loop } from "@/api/loops";
import type { Thread } from "@/api/types";
import { shortTime } from "@/lib/dates";

export function nameOf(thread: Thread): string {
  return thread.contact?.name ?? thread.contact?.email ?? "No contact";
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long, in the largest unit that is not null: "5m", "3h", "4d", "12w". */
export function duration(since: string, now: Date): string {
  const ms = Math.max(0, now.getTime() - Date.parse(since));
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h`;
  if (ms < 60 * DAY) return `${Math.floor(ms / DAY)}d`;
  return `${Math.floor(ms / (7 * DAY))}w`;
}

export type DraftState = "drafting" | "drafted" | "failed" | null;

/** What the AI did for the next answer; a failure is told until it is dismissed. */
export function draftOf(thread: Thread): DraftState {
  if (thread.ai_draft_error_at !== null) return "failed";
  if (thread.ai_draft_started_at !== null) return "drafting";
  return thread.ai_draft_html === null ? null : "drafted";
}

export interface Times {
  /** When something last happened. */
  at: string;
  atText: string;
  /** Since when the customer waits; null where they do not. */
  waits: string | null;
  /** They may wait longer than that. */
  isAtLeast: boolean;
  /** How long; null where the time beside it says the same. */
  waitsText: string | null;
}

export function timesOf(thread: Thread, now: Date, loop?: Loop): Times {
  const at = activityOf(thread);
  const waits = waitingSince(thread, loop);
  return {
    at,
    atText: shortTime(at, now),
    waits,
    isAtLeast: thread.last_outbound_message_at !== null && !isLoopOf(thread, loop),
    waitsText:
      waits === null || waits === at || now.getTime() - Date.parse(waits) < MINUTE
        ? null
        : duration(waits, now),
  };
}
