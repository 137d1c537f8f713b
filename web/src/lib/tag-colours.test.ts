import { describe, expect, it } from "vitest";
import { contrast } from "./contrast";
import { tagColours } from "./tag-colours";

describe("the ink on a tag", () => {
  it.each(["#ffffff", "#000", "#6E56CF", "#BD4B00", "#777777", "#ffe629", "#0d74ce", "orange"])(
    "is read on %s",
    (colour) => {
      const colours = tagColours(colour);
      expect(contrast(colours?.background ?? "", colours?.color ?? "")).toBeGreaterThanOrEqual(4.5);
    },
  );

  it("is left to the theme where the colour is none", () => {
    expect(tagColours("url(//elsewhere.example)")).toBeNull();
    expect(tagColours("")).toBeNull();
    expect(tagColours("var(--x)")).toBeNull();
  });

  it("knows names in any case", () => {
    expect(tagColours(" Teal ")).toEqual({ background: "#008080", color: "#ffffff" });
  });
});
