import { describe, expect, it } from "vitest";
import { isLoopClosed, joined, sentenceOf } from "./event-sentences";
import type { Names } from "./names";
import { firstUnread, timelineOf } from "./timeline";
import type { FeedEvent, Message } from "./types";

const names: Names = {
  member: (id) => ({ me: "You", ben: "Ben" })[id] ?? null,
  tag: (id) => ({ bug: "Bug", bill: "Billing" })[id] ?? null,
};

type Actor = FeedEvent["actor"];
const by = (
  type: Actor["type"],
  member_id: string | null = null,
  rule: string | null = null,
): Actor => ({
  type,
  member_id,
  rule,
  key_id: null,
});

const event = (more: Partial<FeedEvent>): FeedEvent => ({
  id: "evt",
  type: "thread.updated",
  schema: 1,
  created_at: "2026-11-18T12:00:00Z",
  write_id: "w",
  subject_id: "t",
  history_of: "t",
  thread_ids: [],
  version: 2,
  actor: by("person", "ben"),
  cause: null,
  before: null,
  after: null,
  data: null,
  ...more,
});

const said = (more: Partial<FeedEvent>): string | null =>
  sentenceOf(event(more), names, (iso) => `<${iso}>`);

const changed = (after: object, before: object = {}, actor = by("person", "ben")): string | null =>
  said({
    before: before as Record<string, unknown>,
    after: after as Record<string, unknown>,
    actor,
  });

describe("a change of a thread", () => {
  it.each([
    [{ status: "done", closed_loop: false }, { status: "open" }, "Ben marked it done"],
    [{ status: "done", closed_loop: true }, {}, "Ben marked it done and closed the loop"],
    [{ closed_loop: true }, { closed_loop: false }, "Ben closed the loop"],
    [{ closed_loop: false }, { closed_loop: true }, "Ben opened the loop again"],
    [{ status: "open" }, { status: "done" }, "Ben reopened it"],
    [{ status: "open", snoozed_until: null }, { status: "snoozed" }, "Ben woke it"],
    [{ status: "snoozed", snoozed_until: "S" }, {}, "Ben snoozed it until <S>"],
    [{ snoozed_until: "S" }, { snoozed_until: "R" }, "Ben moved the snooze to <S>"],
    [{ assignee_id: "me" }, {}, "Ben assigned it to you"],
    [{ assignee_id: "ben" }, {}, "Ben took it"],
    [{ assignee_id: "gone" }, {}, "Ben assigned it to somebody who left"],
    [{ assignee_id: null }, {}, "Ben unassigned it"],
    [{ tag_ids: ["bug"] }, { tag_ids: [] }, "Ben added the tag “Bug”"],
    [
      { tag_ids: ["bill"] },
      { tag_ids: ["bug"] },
      "Ben added the tag “Billing” and removed the tag “Bug”",
    ],
    [{ tag_ids: ["x", "bug"] }, { tag_ids: [] }, "Ben added the tags a tag and “Bug”"],
    [{ tag_ids: ["1", "2", "3", "4"] }, { tag_ids: [] }, "Ben added 4 tags"],
    [{ pain_level: "HIGH" }, {}, "Ben set the pain to high"],
    [{ title: "New" }, {}, "Ben renamed it “New”"],
    [{ title: null }, {}, "Ben removed the title"],
    [{ text: "<p>x</p>" }, {}, "Ben changed the text of the request"],
    [{ company_id: null }, {}, "Ben removed the company"],
    [{ company_id: "c" }, {}, "Ben set the company"],
    [{ contact_id: "c" }, {}, "Ben set the contact"],
    [{ ai_draft_html: null }, { ai_draft_html: "<p>x</p>" }, "Ben discarded the AI draft"],
    [
      { ai_draft_error_at: null },
      { ai_draft_error_at: "E" },
      "Ben dismissed the notice of a failed draft",
    ],
    [
      { title: "A", pain_level: "LOW", assignee_id: null },
      {},
      "Ben unassigned it, set the pain to low and renamed it “A”",
    ],
  ])("%j", (after, before, sentence) => {
    expect(changed(after, before)).toBe(sentence);
  });

  it.each([
    [{ is_read: true }],
    [{ last_outbound_message_at: "x", ai_draft_html: null }],
    [{ ai_draft_started_at: "x" }],
    [{ last_state_change_at: "x" }],
    [{ project_id: "p" }],
  ])("nobody misses: %j", (after) => {
    expect(changed(after)).toBeNull();
  });

  it("says who by kind", () => {
    const after = { pain_level: "LOW" };
    expect(changed(after, {}, by("person", "me"))).toBe("You set the pain to low");
    expect(changed(after, {}, by("person", "gone"))).toBe("Somebody who left set the pain to low");
    expect(changed(after, {}, by("program"))).toBe("A program set the pain to low");
    expect(changed(after, {}, by("program", "me"))).toBe("A program of yours set the pain to low");
    expect(changed(after, {}, by("ai"))).toBe("AI set the pain to low");
    expect(changed(after, {}, by("rule", null, "x"))).toBe("Looplane set the pain to low");
    expect(changed({ ai_draft_html: "<p>x</p>" }, {}, by("ai"))).toBe("AI drafted an answer");
    expect(changed({ ai_draft_error_at: "x" }, {}, by("ai"))).toBe("AI could not draft an answer");
  });

  it("says what nobody wished as what happened", () => {
    expect(changed({ status: "open" }, { status: "snoozed" }, by("rule", null, "snooze"))).toBe(
      "The snooze ended",
    );
    expect(changed({ status: "open", last_inbound_message_at: "x" }, { status: "done" })).toBe(
      "It opened again, as the customer wrote",
    );
  });

  it("names things by what the event shows", () => {
    const data = { company: { id: "c", name: "Firm" }, tags: [{ id: "t", name: "Urgent" }] };
    expect(
      said({ after: { company_id: "c", tag_ids: ["t"] }, before: { tag_ids: [] }, data }),
    ).toBe("Ben added the tag “Urgent” and set the company to Firm");
  });
});

it.each([
  ["thread.created", "Ben began the thread"],
  ["thread.deleted", "Ben deleted the thread"],
  ["thread.restored", "Ben restored the thread"],
  ["comment.deleted", "Ben deleted a comment"],
  ["comment.restored", "Ben restored a comment"],
  ["customer_need.created", "Ben linked a project"],
  ["customer_need.deleted", "Ben unlinked a project"],
  ["thread.assigned", null],
  ["thread.tagged", null],
  ["thread.status_changed", null],
  ["message.received", null],
  ["message.sent", null],
  ["comment.created", null],
  ["comment.updated", null],
  ["something.new", null],
])("%s", (type, sentence) => {
  expect(said({ type })).toBe(sentence);
});

it("knows the loop by the last word on it", () => {
  const closed = event({ after: { status: "done", closed_loop: true } });
  expect(isLoopClosed([closed])).toBe(true);
  expect(isLoopClosed([event({ after: { status: "open" } }), closed])).toBe(false);
  expect(isLoopClosed([event({ after: { title: "x" } })])).toBeNull();
});

it("joins", () => {
  expect([joined([]), joined(["a"]), joined(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
});

const message = (id: string, hour: number, direction: Message["direction"] = "inbound"): Message =>
  ({ id, direction, created_at: `2026-11-18T${String(hour).padStart(2, "0")}:00:00Z` }) as Message;

describe("a timeline", () => {
  const change = (id: string, hour: number): FeedEvent =>
    event({
      id,
      after: { title: id },
      created_at: `2026-11-18T${String(hour).padStart(2, "0")}:00:00Z`,
    });

  it("is in order of time, with runs of changes", () => {
    const messages = [message("b", 14), message("a", 10)];
    const events = [change("3", 13), change("2", 12), change("1", 9)];
    const entries = timelineOf({ messages, comments: [], events, hasOlder: false }, names, String);
    expect(entries.map((one) => (one.kind === "changes" ? one.sentences.length : one.key))).toEqual(
      [1, "a", 2, "b"],
    );
  });

  it("waits with changes for the messages before them", () => {
    const events = [change("2", 12), change("1", 9)];
    const entries = timelineOf(
      { messages: [message("a", 10)], comments: [], events, hasOlder: true },
      names,
      String,
    );
    expect(entries.map((one) => one.key)).toEqual(["a", "2"]);
  });

  it("begins where nobody has read", () => {
    const read = event({ after: { is_read: true }, created_at: "2026-11-18T11:00:00Z" });
    expect(firstUnread([message("b", 12), message("a", 10)], [read])).toBe("b");
    expect(
      firstUnread([message("c", 14), message("b", 12, "outbound"), message("a", 10)], []),
    ).toBe("c");
    expect(firstUnread([message("a", 10), message("b", 12, "outbound")], [])).toBe("a");
    expect(firstUnread([], [])).toBeNull();
  });
});
