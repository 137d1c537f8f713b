import { describe, expect, it } from "vitest";
import { conflictsOf, isSamePress, withDefault, withKeys } from "./key-conflicts";
import { type Remapped, keysOf } from "./shortcuts";

const NONE: Remapped = { off: false, keys: {} };

describe("keys that two actions want", () => {
  it("are the same, or begin with the other", () => {
    expect(isSamePress("e", "e")).toBe(true);
    expect(isSamePress("g", "g n")).toBe(true);
    expect(isSamePress("g n", "g")).toBe(true);
    expect(isSamePress("g n", "g r")).toBe(false);
    expect(isSamePress("e", "shift+e")).toBe(false);
  });

  it("are told of", () => {
    expect(conflictsOf("snooze", "e", NONE)).toEqual(["done"]);
    expect(conflictsOf("snooze", "g", NONE)).toHaveLength(6);
    expect(conflictsOf("snooze", "h", NONE)).toEqual([]);
  });

  it("go to the one that was given them", () => {
    const changed = withKeys("snooze", "o", NONE);
    expect(keysOf("snooze", changed)).toEqual(["o"]);
    expect(keysOf("open", changed)).toEqual(["Enter"]);
    expect(conflictsOf("snooze", "o", changed)).toEqual([]);
  });

  it("are not taken back by what returns to its own", () => {
    const changed = withKeys("snooze", "e", NONE);
    expect(keysOf("done", changed)).toEqual([]);
    expect(keysOf("done", withDefault("done", changed))).toEqual([]);
    const back = withDefault("done", withDefault("snooze", changed));
    expect(keysOf("done", back)).toEqual(["e"]);
    expect(keysOf("snooze", back)).toEqual(["h"]);
  });
});
