import { expect, it } from "vitest";
import { EVERYTHING, NOTHING, isEmpty, isSelected, ranged, toggled } from "./selection";

const rows = ["a", "b", "c", "d"];

it("takes rows in and out", () => {
  const one = toggled(NOTHING, "b", rows);
  expect([...one.ids]).toEqual(["b"]);
  expect(isEmpty(toggled(one, "b", rows))).toBe(true);
});

it("takes all between two rows, in either direction", () => {
  expect([...ranged(toggled(NOTHING, "b", rows), "d", rows).ids]).toEqual(["b", "c", "d"]);
  expect([...ranged(toggled(NOTHING, "c", rows), "a", rows).ids].sort()).toEqual(["a", "b", "c"]);
  expect([...ranged(NOTHING, "c", rows).ids]).toEqual(["c"]);
});

it("is of the whole view until a row of it is taken out", () => {
  expect(isSelected(EVERYTHING, "not loaded")).toBe(true);
  const others = toggled(EVERYTHING, "b", rows);
  expect(others.isAll).toBe(false);
  expect([...others.ids]).toEqual(["a", "c", "d"]);
  expect(ranged(EVERYTHING, "b", rows)).toBe(EVERYTHING);
});
