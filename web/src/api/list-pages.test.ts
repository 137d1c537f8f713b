import { describe, expect, it } from "vitest";
import { type ThreadIds, besides, withPage, withThread, withTop, without } from "./list-pages";
import type { Thread } from "./types";

// The number in its id is the place of a thread: 1 before 2.
const read = (id: string): Thread | undefined => ({ id }) as Thread;
const order = (one: Thread, other: Thread): number =>
  Number(one.id.slice(1)) - Number(other.id.slice(1));
const list = (ids: string[], more: Partial<ThreadIds> = {}): ThreadIds => ({
  ids,
  cursor: "c",
  has_more: true,
  ...more,
});
const put = (before: ThreadIds, id: string, verdict: boolean | null = true) =>
  withThread(before, { id } as Thread, verdict, order, read);

describe("a thread that changed", () => {
  it("comes in at its place", () => {
    expect(put(list(["t1", "t3", "t5"]), "t4")?.ids).toEqual(["t1", "t3", "t4", "t5"]);
    expect(put(list(["t2"]), "t1")?.ids).toEqual(["t1", "t2"]);
  });

  it("below what is loaded comes with its page", () => {
    const before = list(["t1", "t2"]);
    expect(put(before, "t9")).toBe(before);
    expect(put(list(["t1"], { has_more: false }), "t9")?.ids).toEqual(["t1", "t9"]);
  });

  it("leaves, and is remembered", () => {
    const after = put(list(["t1", "t2", "t3"]), "t2", false);
    expect(after?.ids).toEqual(["t1", "t3"]);
    expect(after?.left?.get("t2")).toBe(1);
  });

  it("that stays where it is changes nothing", () => {
    const before = list(["t1", "t2", "t3"]);
    expect(put(before, "t2")).toBe(before);
    expect(put(before, "t7", false)).toBe(before);
  });

  it("moves, where it stands elsewhere now", () => {
    const moved = list(["t2", "t3", "t1"]);
    expect(put(moved, "t1")?.ids).toEqual(["t1", "t2", "t3"]);
  });

  it("is asked for where nobody here can tell", () => {
    expect(put(list(["t1"]), "t2", null)).toBeNull();
    expect(withThread(list(["t1"]), { id: "t2" } as Thread, true, null, read)).toBeNull();
  });
});

describe("pages", () => {
  it("follow one another, each row once", () => {
    const after = withPage(
      list(["t1", "t2"]),
      list(["t2", "t3"], { cursor: null, has_more: false }),
    );
    expect(after).toMatchObject({ ids: ["t1", "t2", "t3"], cursor: null, has_more: false });
  });

  it("of the top replace the top and keep the rest", () => {
    const before = list(["t2", "t3", "t4", "t6", "t7"], { cursor: "far" });
    const after = withTop(before, list(["t1", "t2", "t4"]), order, read);
    expect(after.ids).toEqual(["t1", "t2", "t4", "t6", "t7"]);
    expect(after.cursor).toBe("far");
  });

  it("that do not meet what there was begin anew", () => {
    const page = list(["t1", "t2"], { cursor: "near" });
    expect(withTop(list(["t8", "t9"]), page, order, read)).toBe(page);
    expect(withTop(list(["t2", "t9"], { isSuspect: true }), page, order, read)).toBe(page);
    const whole = list(["t1"], { cursor: null, has_more: false });
    expect(withTop(list(["t1", "t9"]), whole, order, read)).toBe(whole);
  });

  it("in an order that is not known here keep what follows their last row", () => {
    const after = withTop(list(["t5", "t2", "t9"]), list(["t7", "t2"]), null, read);
    expect(after.ids).toEqual(["t7", "t2", "t9"]);
    const far = list([...Array(9).keys()].map((n) => `t${n}`));
    const page = list(["t0", "t8"]);
    expect(withTop(far, page, null, read)).toBe(page);
  });
});

it("finds what stands beside a row, and beside one that left", () => {
  const before = list(["t1", "t2", "t3"]);
  expect(besides(before, "t2")).toBe("t3");
  expect(besides(before, "t3")).toBeNull();
  const after = without(before, new Set(["t2"]));
  expect(besides(after, "t2")).toBe("t3");
  expect(besides(after, "t2", -1)).toBe("t1");
});
