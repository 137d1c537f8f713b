import type { Names } from "./names";
import type { FeedEvent } from "./types";

/** Says a moment to come, for a snooze; given, so that this is the same in every time zone. */
export type SayMoment = (iso: string) => string;

interface Fields extends Record<string, unknown> {
  customer_needs?: unknown;
}

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

const ids = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((id): id is string => typeof id === "string") : [];

const quoted = (title: string): string =>
  `“${title.length > 80 ? `${title.slice(0, 79)}…` : title}”`;

/** Joins what one did: "a", "a and b", "a, b and c". */
export function joined(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

/** The thing that an event shows within its data, such as the assignee of a thread. */
function nameWithin(event: FeedEvent, field: string, id: string): string | null {
  const thing = event.data?.[field] as { id?: unknown; name?: unknown; email?: unknown } | null;
  return thing && thing.id === id ? (text(thing.name) ?? text(thing.email)) : null;
}

function tagNames(event: FeedEvent, names: Names, tags: readonly string[]): string[] {
  const within = Array.isArray(event.data?.["tags"])
    ? (event.data["tags"] as { id: string; name: string }[])
    : [];
  return tags.map((id) => {
    const name = within.find((tag) => tag.id === id)?.name ?? names.tag(id);
    return name === null ? "a tag" : quoted(name);
  });
}

function statusClause(before: Fields, after: Fields, say: SayMoment): string | null {
  const status = after["status"];
  const until = text(after["snoozed_until"]);
  if (status === "done") {
    return after["closed_loop"] === true ? "marked it done and closed the loop" : "marked it done";
  }
  if (status === "snoozed") return until ? `snoozed it until ${say(until)}` : "snoozed it";
  if (status === "open") return before["status"] === "done" ? "reopened it" : "woke it";
  if (after["closed_loop"] === true) return "closed the loop";
  if (after["closed_loop"] === false) return "opened the loop again";
  return until ? `moved the snooze to ${say(until)}` : null;
}

function assigneeClause(event: FeedEvent, after: Fields, names: Names): string | null {
  if (!("assignee_id" in after)) return null;
  const id = text(after["assignee_id"]);
  if (id === null) return "unassigned it";
  if (id === event.actor.member_id) return "took it";
  const name = names.member(id) ?? nameWithin(event, "assignee", id) ?? "somebody who left";
  return `assigned it to ${name === "You" ? "you" : name}`;
}

function tagClauses(event: FeedEvent, before: Fields, after: Fields, names: Names): string[] {
  if (!("tag_ids" in after)) return [];
  const was = ids(before["tag_ids"]);
  const is = ids(after["tag_ids"]);
  const added = is.filter((id) => !was.includes(id));
  const removed = was.filter((id) => !is.includes(id));
  const say = (verb: string, tags: string[]): string[] =>
    tags.length === 0
      ? []
      : [
          tags.length > 3
            ? `${verb} ${tags.length} tags`
            : `${verb} the tag${tags.length === 1 ? "" : "s"} ${joined(tagNames(event, names, tags))}`,
        ];
  return [...say("added", added), ...say("removed", removed)];
}

function linkClause(event: FeedEvent, after: Fields, field: "company" | "contact"): string | null {
  const id = after[`${field}_id`];
  if (id === undefined) return null;
  if (id === null) return `removed the ${field}`;
  const name = nameWithin(event, field, String(id));
  return `set the ${field}${name === null ? "" : ` to ${name}`}`;
}

function draftClause(before: Fields, after: Fields): string | null {
  if (text(after["ai_draft_error_at"])) return "could not draft an answer";
  if (text(after["ai_draft_html"])) {
    return text(before["ai_draft_html"]) ? "drafted the answer anew" : "drafted an answer";
  }
  // That sending an answer clears its draft goes without saying.
  const isCleared = "ai_draft_html" in after && !("last_outbound_message_at" in after);
  if (isCleared) return "discarded the AI draft";
  return "ai_draft_error_at" in after &&
    !("ai_draft_html" in after) &&
    Object.keys(after).length === 1
    ? "dismissed the notice of a failed draft"
    : null;
}

function clausesOf(event: FeedEvent, names: Names, say: SayMoment): string[] {
  const before: Fields = event.before ?? {};
  const after: Fields = event.after ?? {};
  const title = text(after["title"]);
  return [
    statusClause(before, after, say),
    assigneeClause(event, after, names),
    ...tagClauses(event, before, after, names),
    "pain_level" in after ? `set the pain to ${String(after["pain_level"]).toLowerCase()}` : null,
    "title" in after ? (title ? `renamed it ${quoted(title)}` : "removed the title") : null,
    "text" in after ? "changed the text of the request" : null,
    linkClause(event, after, "contact"),
    linkClause(event, after, "company"),
    draftClause(before, after),
  ].filter((clause) => clause !== null);
}

const SYSTEM = "Looplane";

function actorOf(event: FeedEvent, names: Names): string {
  const { type, member_id: member } = event.actor;
  if (type === "rule") return SYSTEM;
  const name = member === null ? null : names.member(member);
  if (type === "ai") return "AI";
  if (type === "program")
    return name === null ? "A program" : `A program of ${name === "You" ? "yours" : name}`;
  return name ?? "Somebody who left";
}

// A rule has no wish of its own: what it did is said as what happened.
function ruleSentence(event: FeedEvent, after: Fields): string | null {
  if (event.actor.type !== "rule" || after["status"] !== "open") return null;
  return event.actor.rule === "snooze" ? "The snooze ended" : null;
}

function needSentence(event: FeedEvent, actor: string): string {
  const isIssue = text(event.data?.["issue_id"]) !== null;
  const thing = isIssue ? "an issue" : "a project";
  return event.type.endsWith("created") ? `${actor} linked ${thing}` : `${actor} unlinked ${thing}`;
}

/** What happened, as one sentence; null for what the screen shows otherwise, or nobody misses. */
export function sentenceOf(event: FeedEvent, names: Names, say: SayMoment): string | null {
  const actor = actorOf(event, names);
  const after: Fields = event.after ?? {};
  switch (event.type) {
    case "thread.created":
      return event.actor.type === "person" ? `${actor} began the thread` : "The thread began";
    case "thread.deleted":
      return `${actor} deleted the thread`;
    case "thread.restored":
      return `${actor} restored the thread`;
    case "comment.deleted":
      return `${actor} deleted a comment`;
    case "comment.restored":
      return `${actor} restored a comment`;
    case "customer_need.created":
    case "customer_need.deleted":
      return needSentence(event, actor);
    case "thread.updated":
      break;
    default:
      // thread.assigned and its like come with a thread.updated that says all of it.
      return null;
  }
  const cameIn = "last_inbound_message_at" in after && after["status"] === "open";
  if (cameIn) return "It opened again, as the customer wrote";
  const byRule = ruleSentence(event, after);
  if (byRule !== null) return byRule;
  const clauses = clausesOf(event, names, say);
  return clauses.length === 0 ? null : `${actor} ${joined(clauses)}`;
}

/** Whether the loop was closed by the last word on it: threads themselves only say `done`. */
export function isLoopClosed(events: readonly FeedEvent[]): boolean | null {
  for (const event of events) {
    const said = event.after?.["closed_loop"];
    if (event.type === "thread.updated" && typeof said === "boolean") return said;
    if (event.type === "thread.updated" && event.after?.["status"] === "open") return false;
  }
  return null;
}
