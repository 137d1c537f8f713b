import { ApiError, messageOf } from "./errors";

/** What was refused of a form: at each field, and what belongs to none of them. */
export interface Faults {
  of: Readonly<Record<string, string>>;
  rest: string | null;
}

const NO_FAULTS: Faults = { of: {}, rest: null };

const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

/** A time to wait, rounded up to what one says: "40 seconds", "3 minutes", "2 hours". */
export function waitWords(seconds: number): string {
  const say = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"}`;
  if (seconds <= 90) return say(Math.ceil(seconds), "second");
  if (seconds <= 90 * 60) return say(Math.ceil(seconds / 60), "minute");
  return say(Math.ceil(seconds / 3600), "hour");
}

/**
 * Puts the faults that the server names, `email: must be an e-mail address`, at their fields.
 * Faults within a field, `filters.0: …`, count as the field's.
 */
export function faultsOf(error: unknown, fields: readonly string[]): Faults {
  if (error === null || error === undefined) return NO_FAULTS;
  if (!(error instanceof ApiError) || error.issues.length === 0) {
    return { of: {}, rest: refusalOf(error) };
  }
  const of: Record<string, string> = {};
  const rest: string[] = [];
  for (const issue of error.issues) {
    const [, path = "", words = issue] = /^([\w.[\]]+): (.*)$/s.exec(issue) ?? [];
    const field = path.split(/[.[]/)[0] ?? "";
    if (!fields.includes(field)) rest.push(sentence(issue));
    else of[field] = of[field] ? `${of[field]} ${sentence(words)}` : sentence(words);
  }
  return { of, rest: rest.length > 0 ? rest.join(" ") : null };
}

/** For a person: why it was refused, and where there is a time to wait, how long. */
export function refusalOf(error: unknown): string {
  if (error instanceof ApiError && error.status === 429 && error.retryAfter !== null) {
    return `Too many tries. Try again in ${waitWords(error.retryAfter)}.`;
  }
  // What the server says to programs without a key is what a session that ended comes to here.
  if (error instanceof ApiError && error.status === 401 && error.message.includes("API key")) {
    return "You were signed out meanwhile. Sign in, and try again.";
  }
  return messageOf(error);
}
