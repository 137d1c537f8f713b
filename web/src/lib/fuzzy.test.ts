import { describe, expect, it } from "vitest";
import { fuzzyFind, fuzzyScore } from "./fuzzy";

const NAMES = ["Go to needs response", "Go to new", "Mark done", "Mark done and close the loop"];
const find = (words: string) => fuzzyFind(words, NAMES, (name) => name);

describe("fuzzy words", () => {
  it("find by beginnings, in any order", () => {
    expect(find("done mark")[0]).toBe("Mark done");
    expect(find("resp")).toEqual(["Go to needs response"]);
  });

  it("find by letters in their order", () => expect(find("ndsrsp")[0]).toBe(NAMES[0]));

  it("do not find by two letters far apart", () =>
    expect(fuzzyScore("gw", NAMES[1] ?? "")).toBeNull());

  it("put what begins with them first", () =>
    expect(fuzzyFind("tag", ["Vintage", "Change tags", "Tags"], (name) => name)).toEqual([
      "Tags",
      "Change tags",
      "Vintage",
    ]));

  it("find accents without them", () => expect(fuzzyScore("muller", "MÜLLER")).not.toBeNull());

  it("leave all in order without words", () => expect(find(" ")).toEqual(NAMES));
});
