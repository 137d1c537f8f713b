import type { BulkChange } from "@/api/bulk";
import type { Thread } from "@/api/types";
import { momentInWords } from "@/lib/dates";
import { firstWords } from "@/lib/first-words";
import { formatNumber } from "@/lib/numbers";
import { PAIN } from "@/lib/pain";

/** A change of many threads that was asked for, with its words. */
export interface BulkTask {
  change: BulkChange;
  /** What the button does, after a verb and before the number: "Mark done". */
  label: string;
}

export function threads(count: number): string {
  return count === 1 ? "1 thread" : `${formatNumber(count)} threads`;
}

const STATUS = { open: "open", snoozed: "snoozed", done: "done" };

const personOf = (thread: Thread): string =>
  thread.assignee ? (thread.assignee.name ?? thread.assignee.email) : "nobody";

/** What becomes of a thread, each change as a few words: "open → done". */
export function changesOf(before: Thread | undefined, after: Thread, now: Date): string[] {
  if (!before) return [];
  const said: string[] = [];
  if (before.status !== after.status) {
    said.push(`${STATUS[before.status]} → ${STATUS[after.status]}`);
  }
  if (after.snoozed_until !== null && before.snoozed_until !== after.snoozed_until) {
    said.push(`until ${momentInWords(new Date(after.snoozed_until), now)}`);
  }
  if (before.assignee?.id !== after.assignee?.id) {
    said.push(`${personOf(before)} → ${personOf(after)}`);
  }
  if (before.pain_level !== after.pain_level) {
    const words = [before, after].map((thread) => PAIN[thread.pain_level].label.toLowerCase());
    said.push(`pain ${words.join(" → ")}`);
  }
  const has = (thread: Thread, id: string): boolean => thread.tags.some((tag) => tag.id === id);
  const come = after.tags.filter((tag) => !has(before, tag.id)).map((tag) => `+ ${tag.name}`);
  const go = before.tags.filter((tag) => !has(after, tag.id)).map((tag) => `− ${tag.name}`);
  return [...said, ...come, ...go];
}

export function nameOf(thread: Thread | null | undefined): string {
  if (!thread) return "A thread that is not loaded";
  const who = thread.contact?.name ?? thread.contact?.email;
  return [who, thread.title ?? firstWords(thread.text)].filter(Boolean).join(": ");
}
