import type { PatchField } from "@/api/thread-fields";
import type { ThreadWrite } from "@/api/thread-writes";
import type { FeedEvent, Thread } from "@/api/types";
import { PAIN } from "@/lib/pain";

export const FIELD_NAMES: Partial<Record<PatchField, string>> = {
  title: "Title",
  text: "Text",
  pain_level: "Pain",
  assignee_id: "Assignee",
  contact_id: "Contact",
  company_id: "Company",
  tag_ids: "Tags",
  project_id: "Project",
  status: "Status",
  snoozed_until: "Snooze",
  closed_loop: "Loop",
};

const STATUS = { open: "Open", snoozed: "Snoozed", done: "Done" } as const;

const nameOf = (one: { name: string | null; email: string } | null | undefined): string | null =>
  one ? (one.name ?? one.email) : null;

/** What a thread says in a field, in words. */
export function valueWords(thread: Partial<Thread>, field: PatchField): string {
  switch (field) {
    case "assignee_id":
      return nameOf(thread.assignee) ?? "Nobody";
    case "contact_id":
      return nameOf(thread.contact) ?? "Nobody";
    case "company_id":
      return thread.company?.name ?? "No company";
    case "tag_ids":
      return thread.tags?.map((tag) => tag.name).join(", ") || "No tags";
    case "pain_level":
      return PAIN[thread.pain_level ?? "UNKNOWN"].label;
    case "status":
    case "closed_loop":
      return STATUS[thread.status ?? "open"];
    case "title":
      return thread.title ?? "No title";
    case "snoozed_until":
      return thread.snoozed_until ?? "Not snoozed";
    default:
      return FIELD_NAMES[field] ?? field;
  }
}

/** What a change of ours would have said in a field. */
export function mineWords({ patch, shown }: ThreadWrite, field: PatchField): string {
  const said = { ...patch, ...shown } as Partial<Thread>;
  return valueWords(said, field);
}

export interface Who {
  name: string;
  at: string | null;
}

/** Who changed a field last, and when, as the events of the thread tell it. */
export function whoChanged(
  events: readonly Pick<FeedEvent, "actor" | "after" | "created_at">[],
  fields: readonly string[],
  nameOfMember: (id: string) => string | null,
): Who {
  const event = events.find(
    (one) => one.after && fields.some((field) => field in (one.after ?? {})),
  );
  if (!event) return { name: "Somebody else", at: null };
  const { actor, created_at: at } = event;
  if (actor.type === "ai") return { name: "The AI", at };
  if (actor.type === "rule") return { name: "A rule", at };
  const member = actor.member_id === null ? null : nameOfMember(actor.member_id);
  if (member !== null) return { name: member, at };
  return { name: actor.type === "program" ? "A program" : "Somebody else", at };
}
