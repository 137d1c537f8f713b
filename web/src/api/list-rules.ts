import type { components } from "./schema";
import type { Loop } from "./loops";
import type { Thread } from "./types";

export type ThreadFilter = components["schemas"]["ThreadFilter"];
type ListSort = "created_at" | "last_activity" | "oldest_waiting" | "pain" | "revenue";

/** What a list asks for: threads that meet each of the filters, in an order. */
export interface ListQuestion {
  filters: readonly ThreadFilter[];
  sort: ListSort;
}

/** Yes, no, or null where only the server can tell. */
export type Verdict = boolean | null;

/** When something last happened that a list goes by: made, came in or went out. */
export function activityOf(thread: Thread): string {
  const { created_at, last_inbound_message_at, last_outbound_message_at } = thread;
  return [created_at, last_inbound_message_at ?? "", last_outbound_message_at ?? ""].reduce(
    (latest, moment) => (moment > latest ? moment : latest),
  );
}

/** Whether our answer is due: nothing went out, or something newer came in. */
export function needsResponse(thread: Thread): boolean {
  const { last_inbound_message_at: came, last_outbound_message_at: went } = thread;
  return went === null || (came !== null && came > went);
}

/**
 * Since when the customer waits; null where they do not. Of several messages without an answer a
 * thread tells only the last: then it is since then at the least, until its loop is known.
 */
export function waitingSince(thread: Thread, loop?: Loop): string | null {
  if (thread.status !== "open" || !needsResponse(thread)) return null;
  if (thread.last_outbound_message_at === null) return thread.created_at;
  return isLoopOf(thread, loop) ? loop.waiting_since : thread.last_inbound_message_at;
}

/** Whether a loop is the one that is open now: an answer since has begun another one. */
export function isLoopOf(
  thread: Thread,
  loop: Loop | undefined,
): loop is Loop & { waiting_since: string } {
  return (
    loop?.last_outbound_message_at === thread.last_outbound_message_at &&
    loop.waiting_since !== null
  );
}

// The tab of a thread is the member's own in an answer and nobody's in an event. `new` is the
// same in both; the others follow from the fields.
function inTab(thread: Thread, tab: string, me: string): Verdict {
  const isOpen = thread.status === "open";
  const isMine = isOpen && thread.assignee?.id === me;
  switch (tab) {
    case "new":
      return isOpen && thread.tab === "new";
    case "open":
    case "snoozed":
    case "done":
      return thread.status === tab;
    case "my":
      return isMine;
    case "needs-response":
      return isMine && needsResponse(thread);
    default:
      return null;
  }
}

const isIn = (id: string | null | undefined, ids: readonly string[]): boolean =>
  id != null && ids.includes(id);

function meets(thread: Thread, name: keyof ThreadFilter, value: unknown, me: string): Verdict {
  const many = value as readonly string[];
  const tags = (): string[] => thread.tags.map((tag) => tag.id);
  const revenue = thread.company?.revenue;
  switch (name) {
    case "tab":
      return inTab(thread, value as string, me);
    case "status":
      return many.includes(thread.status);
    case "pain_level":
      return many.includes(thread.pain_level);
    case "origin":
      return many.includes(thread.origin);
    case "assignee_id":
      return isIn(thread.assignee?.id, many);
    case "unassigned":
      return (thread.assignee === null) === value;
    case "contact_id":
      return isIn(thread.contact?.id, many);
    case "company_id":
      return isIn(thread.company?.id, many);
    case "company_tier":
      return isIn(thread.company?.tier_id, many);
    case "company_revenue_min":
      return revenue != null && revenue >= (value as number);
    case "company_revenue_max":
      return revenue != null && revenue <= (value as number);
    case "tag_id":
      return tags().some((id) => many.includes(id));
    case "tag_all":
      return many.every((id) => tags().includes(id));
    case "tag_none":
      return !tags().some((id) => many.includes(id));
    case "project_id":
      return thread.customer_needs.some((need) => isIn(need.project_id, many));
    case "issue_id":
      return thread.customer_needs.some((need) => isIn(need.issue_id, many));
    case "waiting_longer_than":
      return thread.status === "open" && needsResponse(thread) ? null : false;
    default:
      return null;
  }
}

/** Whether a list has a thread, as far as the fields of the thread say so. */
export function belongs(thread: Thread, question: ListQuestion, me: string): Verdict {
  let verdict: Verdict = true;
  for (const filter of question.filters) {
    for (const [name, value] of Object.entries(filter)) {
      if (value === null) continue;
      const one = meets(thread, name as keyof ThreadFilter, value, me);
      if (one === false) return false;
      if (one === null) verdict = null;
    }
  }
  const isWaitingList = question.sort === "oldest_waiting";
  if (isWaitingList && (thread.status !== "open" || !needsResponse(thread))) return false;
  return verdict;
}

const PAIN = ["HIGH", "MEDIUM", "LOW", "UNKNOWN"];

const descending = (one: string, other: string): number =>
  one === other ? 0 : one > other ? -1 : 1;

const newestFirst = (one: Thread, other: Thread): number =>
  descending(one.created_at, other.created_at) || descending(one.id, other.id);

/** How a list orders two threads; null where what it goes by is not in them. */
export function orderOf(sort: ListSort): ((one: Thread, other: Thread) => number) | null {
  switch (sort) {
    case "created_at":
      return newestFirst;
    case "last_activity":
      return (one, other) =>
        descending(activityOf(one), activityOf(other)) || descending(one.id, other.id);
    case "pain":
      return (one, other) =>
        PAIN.indexOf(one.pain_level) - PAIN.indexOf(other.pain_level) || newestFirst(one, other);
    default:
      return null;
  }
}
