import { describe, expect, it } from "vitest";
import type { Thread } from "@/api/types";
import { firstWords } from "@/lib/first-words";
import { activeRow, shiftOf, stepFrom } from "./active-row";
import { filterChanged, withoutFilter } from "./filter-change";
import { draftOf, duration, timesOf } from "./row-facts";

const rows = ["a", "b", "c"];

describe("the active row", () => {
  const left = new Map([["x", 1]]);

  it("is what took the place of one that left", () => {
    expect(activeRow(rows, undefined, "b")).toBe("b");
    expect(activeRow(rows, left, "x")).toBe("b");
    expect(activeRow(rows, new Map([["x", 9]]), "x")).toBe("c");
    expect(activeRow(rows, left, null)).toBeNull();
    expect(activeRow([], left, "x")).toBeNull();
  });

  it("moves by steps, and stops at the ends", () => {
    expect(stepFrom(rows, undefined, null, 1)).toBe("a");
    expect(stepFrom(rows, undefined, "a", 1)).toBe("b");
    expect(stepFrom(rows, undefined, "a", -1)).toBe("a");
    expect(stepFrom(rows, undefined, "a", 9)).toBe("c");
    expect(stepFrom(rows, left, "x", 1)).toBe("b");
    expect(stepFrom(rows, left, "x", -1)).toBe("a");
  });
});

describe("what is on the screen", () => {
  it("moves down by what comes in above it", () => {
    expect(shiftOf(rows, ["n", ...rows], 1)).toEqual({ rows: 1, arrived: 1 });
    expect(shiftOf(rows, [...rows, "n"], 1)).toEqual({ rows: 0, arrived: 0 });
  });

  it("moves up by what left above it, and holds on to the next where it left itself", () => {
    expect(shiftOf(rows, ["b", "c"], 1)).toEqual({ rows: -1, arrived: 0 });
    expect(shiftOf(rows, ["a", "c"], 1)).toEqual({ rows: -1, arrived: 0 });
  });
});

describe("filters", () => {
  it("cannot ask for somebody and nobody at once", () => {
    expect(filterChanged({ assignee: ["m"] }, "assignee", ["m", "none"])).toEqual({
      assignee: ["none"],
    });
    expect(filterChanged({ assignee: ["none"] }, "assignee", ["none", "m"])).toEqual({
      assignee: ["m"],
    });
  });

  it("go one by one", () => {
    expect(withoutFilter({ tag: ["a", "b"], sort: "pain" }, "tag", "a")).toEqual({
      tag: ["b"],
      sort: "pain",
    });
    expect(withoutFilter({ tag: ["a"] }, "tag", "a")).toEqual({});
  });
});

describe("a row", () => {
  const now = new Date("2026-01-10T12:00:00Z");
  const thread = (more: Partial<Thread>): Thread =>
    ({
      status: "open",
      created_at: "2026-01-10T09:00:00.000Z",
      last_inbound_message_at: null,
      last_outbound_message_at: null,
      ai_draft_html: null,
      ai_draft_started_at: null,
      ai_draft_error_at: null,
      ...more,
    }) as unknown as Thread;

  it("says how long somebody waits, unless the time beside it says the same", () => {
    expect(timesOf(thread({}), now)).toMatchObject({ atText: "3h", waitsText: null });
    const again = thread({ last_inbound_message_at: "2026-01-10T11:50:00.000Z" });
    expect(timesOf(again, now)).toMatchObject({ atText: "10m", waitsText: "3h" });
    const answered = thread({ last_outbound_message_at: "2026-01-10T11:50:00.000Z" });
    expect(timesOf(answered, now).waits).toBeNull();
    expect(timesOf(thread({}), now)).toMatchObject({ isAtLeast: false });
  });

  it("says the whole wait once its loop is known, until the next answer", () => {
    const answered = { last_outbound_message_at: "2026-01-09T12:00:00.000Z" };
    const asking = thread({ ...answered, last_inbound_message_at: "2026-01-10T11:50:00.000Z" });
    const loop = {
      thread_id: "t",
      waiting_since: "2026-01-10T08:00:00.000Z",
      is_closed: false,
      ...answered,
    };
    expect(timesOf(asking, now)).toMatchObject({ waitsText: null, isAtLeast: true });
    expect(timesOf(asking, now, loop)).toMatchObject({ waitsText: "4h", isAtLeast: false });
    const older = { ...loop, last_outbound_message_at: "2026-01-08T12:00:00.000Z" };
    expect(timesOf(asking, now, older)).toMatchObject({ waitsText: null, isAtLeast: true });
  });

  it("says a wait in one unit", () => {
    expect(duration("2025-10-01T00:00:00Z", now)).toBe("14w");
  });

  it("tells a failed draft first, then one under way", () => {
    const all = { ai_draft_html: "<p>x</p>", ai_draft_started_at: "x", ai_draft_error_at: "x" };
    expect(draftOf(thread(all))).toBe("failed");
    expect(draftOf(thread({ ...all, ai_draft_error_at: null }))).toBe("drafting");
    expect(draftOf(thread({ ai_draft_html: "<p>x</p>" }))).toBe("drafted");
    expect(draftOf(thread({}))).toBeNull();
  });

  it("shows the first words of HTML as words", () => {
    expect(firstWords("<p>It &lt;stops&gt;&nbsp;here</p><p>Why &amp; when</p>")).toBe(
      "It <stops> here Why & when",
    );
    expect(firstWords("<p>cut <im")).toBe("cut");
  });
});
