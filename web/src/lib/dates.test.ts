import { describe, expect, it } from "vitest";
import { calendarDays, shortTime, whenTime } from "./dates";

const now = new Date(2026, 10, 18, 12, 0);
const at = (...parts: [number, number, number, number, number]): string =>
  new Date(...parts).toISOString();

describe("shortTime", () => {
  it.each([
    [at(2026, 10, 18, 12, 0), "now"],
    [at(2026, 10, 18, 11, 55), "5m"],
    [at(2026, 10, 18, 9, 0), "3h"],
    [at(2026, 10, 17, 23, 0), "Tue"],
    [at(2026, 9, 3, 9, 0), "3 Oct"],
    [at(2024, 9, 3, 9, 0), "2024"],
  ])("%s is %s", (iso, said) => {
    expect(shortTime(iso, now, "en-GB")).toBe(said);
  });
});

it("says a moment to come by its day", () => {
  expect(whenTime(at(2026, 10, 18, 17, 0), now, "en-GB")).toBe("today 17:00");
  expect(whenTime(at(2026, 10, 19, 9, 0), now, "en-GB")).toBe("tomorrow 09:00");
  expect(whenTime(at(2026, 10, 23, 9, 0), now, "en-GB")).toBe("Mon 09:00");
});

it("counts days of the calendar", () => {
  expect(calendarDays(new Date(2026, 10, 17, 23, 59), new Date(2026, 10, 18, 0, 1))).toBe(1);
});
