import { useEffect, useState } from "react";
import { dateNow } from "./clock";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(date: Date, options: Intl.DateTimeFormatOptions, locale?: string): string {
  const key = `${locale ?? ""} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, options);
    formats.set(key, found);
  }
  return found.format(date);
}

const startOfDay = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** Days of the calendar from one to the other, whatever the hours between. */
export function calendarDays(from: Date, to: Date): number {
  return Math.round((startOfDay(to) - startOfDay(from)) / DAY);
}

/** As short as a row has room for: "now", "5m", "3h", "Mon", "12 Nov", "2024". */
export function shortTime(iso: string, now: Date, locale?: string): string {
  const date = new Date(iso);
  const ago = now.getTime() - date.getTime();
  if (Math.abs(ago) < MINUTE) return "now";
  if (ago > 0 && ago < HOUR) return `${Math.floor(ago / MINUTE)}m`;
  const days = calendarDays(date, now);
  if (ago > 0 && days === 0) return `${Math.floor(ago / HOUR)}h`;
  if (days === 0) return format(date, { hour: "numeric", minute: "2-digit" }, locale);
  if (Math.abs(days) < 7) return format(date, { weekday: "short" }, locale);
  const sameYear = date.getFullYear() === now.getFullYear();
  return sameYear || Math.abs(days) < 180
    ? format(date, { day: "numeric", month: "short" }, locale)
    : format(date, { year: "numeric" }, locale);
}

/** Said whole, for tooltips and `time` elements: "Monday, 12 November 2026 at 09:30". */
export function fullDate(iso: string, locale?: string): string {
  return format(new Date(iso), { dateStyle: "full", timeStyle: "short" }, locale);
}

/** A moment to come, for what is snoozed: "today 17:00", "tomorrow 09:00", "Mon 09:00". */
export function whenTime(iso: string, now: Date, locale?: string): string {
  const date = new Date(iso);
  const time = format(date, { hour: "2-digit", minute: "2-digit" }, locale);
  const days = calendarDays(now, date);
  if (days === 0) return `today ${time}`;
  if (days === 1) return `tomorrow ${time}`;
  if (days > 1 && days < 7) return `${format(date, { weekday: "short" }, locale)} ${time}`;
  return `${shortTime(iso, now, locale)}, ${time}`;
}

/** Now, again each minute, so that what says how long ago stays true. */
export function useNow(): Date {
  const [now, setNow] = useState(dateNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(dateNow()), MINUTE);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** A moment to come, whole: "Thursday, 19 November at 09:00, in 21 hours". */
export function momentInWords(date: Date, now: Date, locale?: string): string {
  const sameYear = date.getFullYear() === now.getFullYear();
  const day = format(
    date,
    { weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) },
    locale,
  );
  const time = format(date, { hour: "2-digit", minute: "2-digit" }, locale);
  return `${day} at ${time}, ${untilWords(date, now)}`;
}

function untilWords(date: Date, now: Date): string {
  const ms = date.getTime() - now.getTime();
  const say = (count: number, unit: string): string =>
    `in ${count} ${unit}${count === 1 ? "" : "s"}`;
  if (ms < HOUR) return say(Math.max(1, Math.round(ms / MINUTE)), "minute");
  if (ms < 48 * HOUR) return say(Math.round(ms / HOUR), "hour");
  return say(calendarDays(now, date), "day");
}
