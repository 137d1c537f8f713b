import type { Shown } from "./cache";
import type { Thread, ThreadPatch } from "./types";

export type PatchField = keyof ThreadPatch;

const ids = (things: readonly { id: string }[]): string =>
  things
    .map((thing) => thing.id)
    .sort()
    .join();

/** What a thread says in the field that a patch writes, so that two can be held together. */
export function fieldValue(thread: Thread, field: PatchField): unknown {
  switch (field) {
    case "assignee_id":
      return thread.assignee?.id ?? null;
    case "contact_id":
      return thread.contact?.id ?? null;
    case "company_id":
      return thread.company?.id ?? null;
    case "tag_ids":
      return ids(thread.tags);
    case "project_id":
      return thread.customer_needs
        .map((need) => need.project_id ?? "")
        .sort()
        .join();
    case "closed_loop":
      return thread.status;
    case "clear_ai_draft_error":
      return thread.ai_draft_error_at;
    case "ai_draft_sources":
      return JSON.stringify(thread.ai_draft_sources);
    case "notify":
      return null;
    default:
      return thread[field];
  }
}

/** The fields of a patch that say something else in the two threads. */
export function changedBetween(patch: ThreadPatch, one: Thread, other: Thread): PatchField[] {
  return (Object.keys(patch) as PatchField[]).filter(
    (field) => fieldValue(one, field) !== fieldValue(other, field),
  );
}

/** What a thread will show by a patch, as far as the patch alone says it. */
export function shownBy(patch: ThreadPatch): Shown {
  return {
    ...(patch.title !== undefined && { title: patch.title }),
    ...(patch.text !== undefined && { text: patch.text }),
    ...(patch.pain_level !== undefined && { pain_level: patch.pain_level }),
    ...(patch.status === "open" && { status: "open" as const, snoozed_until: null }),
    ...(patch.status === "done" && { status: "done" as const, tab: "done" as const }),
    ...(patch.status === "snoozed" && { status: "snoozed" as const, tab: "snoozed" as const }),
    ...(patch.snoozed_until !== undefined && { snoozed_until: patch.snoozed_until }),
    ...(patch.assignee_id === null && { assignee: null }),
    ...(patch.company_id === null && { company: null }),
    ...(patch.tag_ids?.length === 0 && { tags: [] }),
    ...(patch.ai_draft_html !== undefined && { ai_draft_html: patch.ai_draft_html }),
    ...(patch.clear_ai_draft_error && { ai_draft_error_at: null }),
  };
}
