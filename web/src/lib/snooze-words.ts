import { calendarDays } from "./dates";

/** When a thread comes back, or why the words do not say it. */
type Understood = { at: Date } | { problem: string };

interface Day {
  year: number;
  month: number;
  day: number;
}

interface Time {
  hour: number;
  minute: number;
}

const MORNING: Time = { hour: 9, minute: 0 };
const NAMED_TIMES: Record<string, Time> = {
  morning: MORNING,
  noon: { hour: 12, minute: 0 },
  midday: { hour: 12, minute: 0 },
  lunch: { hour: 12, minute: 0 },
  afternoon: { hour: 14, minute: 0 },
  evening: { hour: 18, minute: 0 },
  tonight: { hour: 18, minute: 0 },
  eod: { hour: 17, minute: 0 },
};
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const FILLERS = new Set(["at", "on", "until", "till", "the", "for", "this", "um"]);
const NUMBERS: Record<string, string> = {
  a: "1",
  an: "1",
  one: "1",
  two: "2",
  three: "3",
  four: "4",
  five: "5",
  six: "6",
};
const MINUTE = 60_000;
const YEARS = 5;
const UNCLEAR = "Not understood. Try “tomorrow 9”, “monday”, “in 3h” or “12 dec 14:30”.";

const dayOf = (date: Date, more = 0): Day => {
  const day = new Date(date.getFullYear(), date.getMonth(), date.getDate() + more);
  return { year: day.getFullYear(), month: day.getMonth(), day: day.getDate() };
};

/** A word, or the beginning of one that is long enough to mean no other. */
const meant = (word: string, names: readonly string[], least: number): number =>
  word.length < least ? -1 : names.findIndex((name) => name.startsWith(word));

// By the clock of the person: what the calendar skips or has twice is settled by Date, and an
// hour that does not exist becomes the one after it.
const moment = ({ year, month, day }: Day, { hour, minute }: Time): Date =>
  new Date(year, month, day, hour, minute);

function timeOf(word: string, next: string | undefined): [Time, number] | null {
  const named = NAMED_TIMES[word];
  if (named) return [named, 1];
  const found = /^(\d{1,2})(?:[:.h](\d{2}))?h?(am|pm)?$/.exec(word);
  if (!found) return null;
  const spelled = found[3] ?? (next === "am" || next === "pm" ? next : undefined);
  const used = found[3] === undefined && spelled !== undefined ? 2 : 1;
  let hour = Number(found[1]);
  const minute = Number(found[2] ?? 0);
  if (minute > 59 || hour > 23 || (spelled !== undefined && (hour < 1 || hour > 12))) return null;
  if (spelled !== undefined) hour = (hour % 12) + (spelled === "pm" ? 12 : 0);
  // Nobody wants a thread back at three at night: `3` and `3:30` are in the afternoon, `03:30` not.
  else if (hour >= 1 && hour <= 6 && !word.startsWith("0")) hour += 12;
  return [{ hour, minute }, used];
}

/** `in 1h 30m` as milliseconds, `in 2 days` as days of the calendar; null for other words. */
function spanOf(words: readonly string[]): { ms: number; days: number; months: number } | null {
  const text = words.map((word) => NUMBERS[word] ?? word).join("");
  const parts = [...text.matchAll(/(\d{1,4}(?:[.,]\d)?)([a-z]+)/g)];
  if (parts.length === 0 || parts.map(([all]) => all).join("") !== text) return null;
  const span = { ms: 0, days: 0, months: 0 };
  for (const [, digits = "", unit = ""] of parts) {
    const count = Number(digits.replace(",", "."));
    if (/^(m|min|mins|minutes?)$/.test(unit)) span.ms += count * MINUTE;
    else if (/^(h|hr|hrs|hours?)$/.test(unit)) span.ms += count * 60 * MINUTE;
    else if (/^(d|days?)$/.test(unit)) span.days += count;
    else if (/^(w|wk|wks|weeks?)$/.test(unit)) span.days += count * 7;
    else if (/^(mo|mos|months?)$/.test(unit)) span.months += count;
    else return null;
  }
  return span;
}

/** A day at the beginning of `words`, and how many of them say it. */
function leadingDay(words: readonly string[], now: Date): [Day, number] | null {
  const [first = "", second = ""] = words;
  const today = (now.getDay() + 6) % 7;
  if (first === "today" || first === "tod") return [dayOf(now), 1];
  if (/^(tomorrow|tmrw?|tmw)$/.test(first) || meant(first, ["tomorrow"], 3) === 0) {
    return [dayOf(now, 1), 1];
  }
  if (first === "next" && meant(second, ["week"], 1) === 0) return [dayOf(now, 7 - today), 2];
  if (first === "next" && meant(second, ["month"], 4) === 0) {
    return [dayOf(new Date(now.getFullYear(), now.getMonth() + 1, 1)), 2];
  }
  if (first === "next") {
    const weekday = meant(second, WEEKDAYS, 2);
    // Of the week that comes, which begins on Monday.
    return weekday < 0 ? null : [dayOf(now, 7 - today + ((weekday + 6) % 7)), 2];
  }
  if (meant(first, ["weekend"], 5) === 0)
    return [dayOf(now, today < 5 ? 5 - today : 12 - today), 1];
  const weekday = meant(first, WEEKDAYS, 2);
  if (weekday >= 0) return [dayOf(now, ((weekday - now.getDay() + 6) % 7) + 1), 1];
  return leadingDate(words, now);
}

/** `12 dec`, `dec 12`, `12.12.`, `2026-12-12`: this year, or the next where that is past. */
function leadingDate(words: readonly string[], now: Date): [Day, number] | null {
  const [first = "", second = "", third = ""] = words;
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(first);
  if (iso) return checked(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]), 1);
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/.exec(first);
  if (dotted) {
    const year = dotted[3] === undefined ? null : Number(dotted[3]);
    return nearest(year, Number(dotted[2]) - 1, Number(dotted[1]), 1, now);
  }
  const ordinal = (word: string): number => Number(/^(\d{1,2})(?:st|nd|rd|th)?$/.exec(word)?.[1]);
  const year = /^\d{4}$/.test(third) ? Number(third) : null;
  const used = year === null ? 2 : 3;
  if (meant(second, MONTHS, 3) >= 0 && ordinal(first) > 0) {
    return nearest(year, meant(second, MONTHS, 3), ordinal(first), used, now);
  }
  if (meant(first, MONTHS, 3) >= 0 && ordinal(second) > 0) {
    return nearest(year, meant(first, MONTHS, 3), ordinal(second), used, now);
  }
  return null;
}

function checked(year: number, month: number, day: number, used: number): [Day, number] | null {
  const date = new Date(year, month, day);
  return date.getMonth() === month && date.getDate() === day ? [{ year, month, day }, used] : null;
}

function nearest(
  year: number | null,
  month: number,
  day: number,
  used: number,
  now: Date,
): [Day, number] | null {
  if (year !== null) return checked(year, month, day, used);
  const found = checked(now.getFullYear(), month, day, used);
  if (found && calendarDays(now, moment(found[0], MORNING)) >= 0) return found;
  return checked(now.getFullYear() + 1, month, day, used);
}

function wholeDays(days: number, months: number, time: Time, now: Date): Date {
  const target = new Date(now.getFullYear(), now.getMonth() + months, 1);
  const last = new Date(target.getFullYear(), target.getMonth() + 1, 0).getDate();
  target.setDate(months === 0 ? now.getDate() : Math.min(now.getDate(), last));
  return moment(dayOf(target, days), time);
}

function read(words: readonly string[], now: Date): Date | null {
  const isSpan = words[0] === "in";
  for (let used = words.length; used > (isSpan ? 1 : 0); used--) {
    const span = spanOf(words.slice(isSpan ? 1 : 0, used));
    if (!span) continue;
    const rest = readTime(words.slice(used));
    if (rest === null) continue;
    if (span.days === 0 && span.months === 0) {
      if (used < words.length) continue;
      return new Date(now.getTime() + span.ms);
    }
    if (span.ms > 0)
      return new Date(wholeDays(span.days, span.months, clockOf(now), now).getTime() + span.ms);
    return wholeDays(span.days, span.months, rest, now);
  }
  if (isSpan) return null;
  const day = leadingDay(words, now);
  if (day) {
    const time = readTime(words.slice(day[1]));
    if (time) return moment(day[0], time);
  }
  // The time first: `9 tomorrow`, `14:30 friday`; alone it is the next such hour.
  const time = timeOf(words[0] ?? "", words[1]);
  if (!time) return null;
  const rest = words.slice(time[1]);
  if (rest.length > 0) {
    const later = leadingDay(rest, now);
    return later && later[1] === rest.length ? moment(later[0], time[0]) : null;
  }
  const soon = moment(dayOf(now), time[0]);
  return soon > now ? soon : moment(dayOf(now, 1), time[0]);
}

const clockOf = (date: Date): Time => ({ hour: date.getHours(), minute: date.getMinutes() });

/** The time that `words` say and nothing else; the morning where there are none. */
function readTime(words: readonly string[]): Time | null {
  if (words.length === 0) return MORNING;
  const found = timeOf(words[0] ?? "", words[1]);
  return found && found[1] === words.length ? found[0] : null;
}

/** What somebody typed, as a moment to come in the time zone of this device. */
export function understand(text: string, now: Date): Understood | null {
  const words = text
    .toLowerCase()
    .replaceAll(",", " ")
    .split(/\s+/)
    .filter((word) => word !== "" && !FILLERS.has(word));
  if (words.length === 0) return null;
  const at = read(words, now);
  if (!at || Number.isNaN(at.getTime())) return { problem: UNCLEAR };
  if (at.getTime() <= now.getTime()) return { problem: "That is past." };
  if (at.getFullYear() > now.getFullYear() + YEARS) return { problem: "That is too far away." };
  return { at };
}

/** What is offered before anything is typed; each is only words of the same kind. */
export const SNOOZE_PRESETS: readonly { label: string; words: string }[] = [
  { label: "In 3 hours", words: "in 3 hours" },
  { label: "Tomorrow", words: "tomorrow" },
  { label: "In 3 days", words: "in 3 days" },
  { label: "Next week", words: "next week" },
  { label: "Next month", words: "next month" },
];
