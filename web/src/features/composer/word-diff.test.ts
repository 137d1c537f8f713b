import { expect, it } from "vitest";
import { wordDiff } from "./word-diff";

it("says the same of what is the same", () => {
  expect(wordDiff("Dear Grace", "Dear Grace")).toEqual([{ kind: "same", text: "Dear Grace" }]);
  expect(wordDiff("", "")).toEqual([]);
});

it("shows a word that was replaced", () => {
  expect(wordDiff("It works by Monday.", "It works by Friday.")).toEqual([
    { kind: "same", text: "It works by " },
    { kind: "removed", text: "Monday" },
    { kind: "added", text: "Friday" },
    { kind: "same", text: "." },
  ]);
});

it("reads changed neighbours as one change", () => {
  expect(wordDiff("a one two b", "a three four b")).toEqual([
    { kind: "same", text: "a " },
    { kind: "removed", text: "one two" },
    { kind: "added", text: "three four" },
    { kind: "same", text: " b" },
  ]);
});

it("keeps both texts whole", () => {
  const before = "Hello,\nthe export is done since this morning; thank you.";
  const after = "Hi,\nthe export is complete since this morning.\nThank you, Ada";
  const parts = wordDiff(before, after);
  const without = (kind: string) =>
    parts
      .filter((part) => part.kind !== kind)
      .map((part) => part.text)
      .join("");
  expect(without("added")).toBe(before);
  expect(without("removed")).toBe(after);
});

it("counts all as replaced where a table would be too large", () => {
  const one = Array.from({ length: 3000 }, (_, n) => `a${n}`).join(" ");
  const two = Array.from({ length: 3000 }, (_, n) => `b${n}`).join(" ");
  expect(wordDiff(one, two).map((part) => part.kind)).toEqual(["removed", "added"]);
});
