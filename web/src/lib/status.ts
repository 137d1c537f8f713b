/** What a thread is, as the screen tells it. `closed` is done, and the customer knows. */
export type Status = "new" | "open" | "snoozed" | "done" | "closed";

export const STATUS = {
  new: { label: "New", shape: "ring" },
  open: { label: "Open", shape: "half" },
  snoozed: { label: "Snoozed", shape: "clock" },
  done: { label: "Done", shape: "check" },
  closed: { label: "Loop closed", shape: "closed" },
} as const satisfies Record<Status, { label: string; shape: string }>;

/** The status of a thread; `isClosed` is known from its history alone. */
export function statusOf(
  thread: { status: "open" | "snoozed" | "done"; tab: string },
  isClosed: boolean | null,
): Status {
  if (thread.status === "done") return isClosed === true ? "closed" : "done";
  if (thread.status === "snoozed") return "snoozed";
  return thread.tab === "new" ? "new" : "open";
}
