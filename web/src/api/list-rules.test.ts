import { describe, expect, it } from "vitest";
import {
  type ListQuestion,
  type ThreadFilter,
  activityOf,
  belongs,
  needsResponse,
  orderOf,
  waitingSince,
} from "./list-rules";
import type { Thread } from "./types";

const ME = "m1";
const thread = (more: Partial<Thread> = {}): Thread =>
  ({
    id: "t1",
    created_at: "2026-01-01T00:00:00.000Z",
    status: "open",
    tab: "open",
    last_inbound_message_at: null,
    last_outbound_message_at: null,
    assignee: null,
    contact: null,
    company: null,
    tags: [],
    customer_needs: [],
    pain_level: "LOW",
    origin: "email",
    ...more,
  }) as unknown as Thread;
const mine = { assignee: { id: ME, name: null, email: "a@b.example", image_url: null } };
const asks = (...filters: ThreadFilter[]): ListQuestion => ({ filters, sort: "last_activity" });
const answered = { last_outbound_message_at: "2026-01-03T00:00:00.000Z" };
const askedAgain = { ...answered, last_inbound_message_at: "2026-01-04T00:00:00.000Z" };

describe("tabs", () => {
  const isIn = (tab: ThreadFilter["tab"], more: Partial<Thread>) =>
    belongs(thread(more), asks({ tab: tab ?? null }), ME);

  it("have every open thread in open, the new ones and one's own among them", () => {
    expect(isIn("open", { tab: "new" })).toBe(true);
    expect(isIn("open", { tab: "my", ...mine })).toBe(true);
    expect(isIn("open", { status: "done", tab: "done" })).toBe(false);
  });

  it("know what is new by its tab, as long as it is open", () => {
    expect(isIn("new", { tab: "new" })).toBe(true);
    expect(isIn("new", { tab: "open" })).toBe(false);
    expect(isIn("new", { tab: "new", status: "done" })).toBe(false);
  });

  it("know one's own by the assignee, whatever the tab of an event says", () => {
    expect(isIn("my", { tab: "open", ...mine })).toBe(true);
    expect(isIn("my", { tab: "my" })).toBe(false);
    expect(isIn("needs-response", { tab: "open", ...mine })).toBe(true);
    expect(isIn("needs-response", { ...mine, ...answered })).toBe(false);
    expect(isIn("needs-response", { ...mine, ...askedAgain })).toBe(true);
  });

  it("know what sleeps and what is done by the status", () => {
    expect(isIn("snoozed", { status: "snoozed" })).toBe(true);
    expect(isIn("done", { status: "snoozed" })).toBe(false);
  });
});

describe("filters", () => {
  const tagged = { tags: [{ id: "a" }, { id: "b" }] as Thread["tags"] };

  it("must all be met", () => {
    expect(belongs(thread(tagged), asks({ tab: "open" }, { tag_id: ["a"] }), ME)).toBe(true);
    expect(belongs(thread(), asks({ tab: "open" }, { tag_id: ["a"] }), ME)).toBe(false);
  });

  it("ask for any, all and none of some tags", () => {
    expect(belongs(thread(tagged), asks({ tag_id: ["b", "c"] }), ME)).toBe(true);
    expect(belongs(thread(tagged), asks({ tag_all: ["b", "c"] }), ME)).toBe(false);
    expect(belongs(thread(tagged), asks({ tag_none: ["c"] }), ME)).toBe(true);
  });

  it("know nobody from somebody, and revenue from none", () => {
    expect(belongs(thread(mine), asks({ unassigned: true }), ME)).toBe(false);
    expect(belongs(thread(), asks({ unassigned: true }), ME)).toBe(true);
    const rich = { company: { id: "c", revenue: 500, tier_id: "x" } } as Partial<Thread>;
    expect(belongs(thread(rich), asks({ company_revenue_min: 500 }), ME)).toBe(true);
    expect(belongs(thread(), asks({ company_revenue_min: 0 }), ME)).toBe(false);
    expect(belongs(thread(rich), asks({ company_tier: ["x"] }), ME)).toBe(true);
  });

  it("that count as unset when null are none", () => {
    expect(belongs(thread(), asks({ tag_id: null, status: null }), ME)).toBe(true);
  });

  it("leave to the server what no field says, but for what cannot be", () => {
    expect(belongs(thread(), asks({ waiting_longer_than: 60 }), ME)).toBeNull();
    expect(belongs(thread(answered), asks({ waiting_longer_than: 60 }), ME)).toBe(false);
    expect(belongs(thread(), asks({ updated_after: "2026-01-01T00:00:00Z" }), ME)).toBeNull();
  });

  it("of the list of those who wait leave out whom nothing is due to", () => {
    const waiting = { filters: [{ tab: "open" as const }], sort: "oldest_waiting" as const };
    expect(belongs(thread(answered), waiting, ME)).toBe(false);
    expect(belongs(thread(askedAgain), waiting, ME)).toBe(true);
  });
});

it("says since when somebody waits", () => {
  expect(waitingSince(thread())).toBe("2026-01-01T00:00:00.000Z");
  expect(waitingSince(thread(askedAgain))).toBe("2026-01-04T00:00:00.000Z");
  expect(waitingSince(thread(answered))).toBeNull();
  expect(waitingSince(thread({ status: "snoozed" }))).toBeNull();
  expect(needsResponse(thread({ ...askedAgain, ...answered }))).toBe(true);
});

it("orders as the server does", () => {
  const older = thread({ id: "a", created_at: "2025-01-01T00:00:00.000Z", pain_level: "HIGH" });
  const newer = thread({ id: "b" });
  const twin = thread({ id: "c" });
  const sorted = (sort: "created_at" | "pain" | "last_activity", ...all: Thread[]) =>
    all.toSorted(orderOf(sort) ?? undefined).map(({ id }) => id);
  expect(sorted("created_at", older, newer, twin)).toEqual(["c", "b", "a"]);
  expect(sorted("pain", newer, older, twin)).toEqual(["a", "c", "b"]);
  const active = { ...older, ...askedAgain };
  expect(sorted("last_activity", newer, active)).toEqual(["a", "b"]);
  expect(activityOf(active)).toBe(askedAgain.last_inbound_message_at);
  expect(orderOf("revenue")).toBeNull();
});
