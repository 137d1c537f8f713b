import { expect, it } from "vitest";
import { formatNumber, parseWholeNumber } from "./numbers";

it("writes numbers as the language does", () => {
  expect(formatNumber(1234567, "en")).toBe("1,234,567");
  expect(formatNumber(1234567, "de")).toBe("1.234.567");
});

it.each(["12000", "12,000", "12.000", "12 000", "12’000", "12\u202f000"])("reads %s", (text) =>
  expect(parseWholeNumber(text)).toBe(12000),
);

it("tells nothing from nonsense", () => {
  expect(parseWholeNumber(" ")).toBeNull();
  expect(parseWholeNumber("12.5")).toBeNaN();
  expect(parseWholeNumber("-3")).toBeNaN();
  expect(parseWholeNumber("many")).toBeNaN();
});
