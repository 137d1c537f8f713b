import { describe, expect, it } from "vitest";
import { momentInWords } from "./dates";
import { understand } from "./snooze-words";

/** The moment by the clock of the wall, or why there is none. */
function said(text: string, now: Date): string | null {
  const found = understand(text, now);
  if (!found) return null;
  if ("problem" in found) return found.problem;
  const { at } = found;
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

// A Wednesday.
const noon = (): Date => new Date(2026, 10, 18, 12, 0);

describe("understands", () => {
  it.each([
    ["tomorrow", "2026-11-19 09:00"],
    ["tomorrow 9", "2026-11-19 09:00"],
    ["Tomorrow at 9:30", "2026-11-19 09:30"],
    ["tom", "2026-11-19 09:00"],
    ["tomo 14", "2026-11-19 14:00"],
    ["tmr 3", "2026-11-19 15:00"],
    ["tomorrow 03:30", "2026-11-19 03:30"],
    ["tomorrow 8pm", "2026-11-19 20:00"],
    ["tomorrow 8 pm", "2026-11-19 20:00"],
    ["tomorrow 12am", "2026-11-19 00:00"],
    ["tomorrow afternoon", "2026-11-19 14:00"],
    ["9 tomorrow", "2026-11-19 09:00"],
    ["monday", "2026-11-23 09:00"],
    ["mon", "2026-11-23 09:00"],
    ["we", "2026-11-25 09:00"],
    ["friday 14:30", "2026-11-20 14:30"],
    ["fri 2.30pm", "2026-11-20 14:30"],
    ["this friday", "2026-11-20 09:00"],
    ["next friday", "2026-11-27 09:00"],
    ["next week", "2026-11-23 09:00"],
    ["next week 11", "2026-11-23 11:00"],
    ["next month", "2026-12-01 09:00"],
    ["weekend", "2026-11-21 09:00"],
    ["today 17:00", "2026-11-18 17:00"],
    ["tonight", "2026-11-18 18:00"],
    ["eod", "2026-11-18 17:00"],
    ["9", "2026-11-19 09:00"],
    ["14:30", "2026-11-18 14:30"],
    ["in 3h", "2026-11-18 15:00"],
    ["3h", "2026-11-18 15:00"],
    ["in 3 hours", "2026-11-18 15:00"],
    ["in an hour", "2026-11-18 13:00"],
    ["1h 30m", "2026-11-18 13:30"],
    ["1.5h", "2026-11-18 13:30"],
    ["45 min", "2026-11-18 12:45"],
    ["in 2 days", "2026-11-20 09:00"],
    ["2d 15:00", "2026-11-20 15:00"],
    ["in a week", "2026-11-25 09:00"],
    ["3 months", "2027-02-18 09:00"],
    ["12 dec", "2026-12-12 09:00"],
    ["dec 12th 8:00", "2026-12-12 08:00"],
    ["3 jan", "2027-01-03 09:00"],
    ["18.12. 10", "2026-12-18 10:00"],
    ["2026-12-24 16:00", "2026-12-24 16:00"],
    ["12 dec 2027", "2027-12-12 09:00"],
  ])("%s", (text, at) => {
    expect(said(text, noon())).toBe(at);
  });

  it("takes 31 January and a month as the last of February", () => {
    expect(said("in 1 month", new Date(2026, 0, 31, 12))).toBe("2026-02-28 09:00");
  });
});

describe("does not understand", () => {
  it.each([
    ["until reply", /Not understood/],
    ["tomorrow blue", /Not understood/],
    ["99", /Not understood/],
    ["in", /Not understood/],
    ["30 feb", /Not understood/],
    ["tomorrow 25:00", /Not understood/],
    ["today 9", /past/],
    ["2020-01-01", /past/],
    ["0 min", /past/],
    ["9999 days", /too far/],
  ])("%s", (text, why) => {
    expect(said(text, noon())).toMatch(why);
  });

  it("nothing as something", () => {
    expect(said("  ", noon())).toBeNull();
    expect(said("at", noon())).toBeNull();
  });
});

describe("over the changes of the clock", () => {
  it("keeps the hour of the wall on the day after", () => {
    expect(said("tomorrow 9", new Date(2026, 2, 28, 12))).toBe("2026-03-29 09:00");
    expect(said("tomorrow 9", new Date(2026, 9, 24, 12))).toBe("2026-10-25 09:00");
  });

  it("counts hours as they pass", () => {
    expect(said("in 24h", new Date(2026, 2, 28, 12))).toBe("2026-03-29 13:00");
    expect(said("in 24h", new Date(2026, 9, 24, 12))).toBe("2026-10-25 11:00");
  });

  it("takes an hour that is skipped as the one after it", () => {
    expect(said("29 mar 02:30", new Date(2026, 2, 20, 12))).toBe("2026-03-29 03:30");
  });
});

it("says the moment in words", () => {
  expect(momentInWords(new Date(2026, 10, 19, 9), noon(), "en-GB")).toBe(
    "Thursday 19 November at 09:00, in 21 hours",
  );
  expect(momentInWords(new Date(2027, 0, 4, 9), noon(), "en-GB")).toMatch(/2027 .*in 47 days/);
});
