import createClient, { type Middleware } from "openapi-fetch";
import { learnTime } from "@/lib/clock";
import { ApiError, errorOf, isAbort, unreachable } from "./errors";
import type { components, paths } from "./schema";
import { signal } from "./signal";

export const V2 = "/api/v2";
export const APP = "/api/app";
const TIMEOUT_MS = 20_000;

let csrfToken: string | null = null;
let memberId: string | null = null;

/** True from the first 401 after somebody was signed in, until they are again. */
export const sessionEnded = signal(false);

/** Whose session writes, and the token that each write of it needs. */
export function setCsrfToken(token: string | null, whose: string | null): void {
  csrfToken = token;
  memberId = whose;
  if (token !== null) sessionEnded.set(false);
}

/** fetch with what every request of ours has: cookie, CSRF header, a time to be done in. */
export async function send(request: Request, timeout = TIMEOUT_MS): Promise<Response> {
  const isRead = request.method === "GET";
  // The body of a request can be read once, so what may be sent again is copied before.
  const again = isRead ? null : request.clone();
  try {
    return await sendOnce(request, timeout);
  } catch (error) {
    if (again === null || !isTokenRefused(error) || !(await renewToken())) throw error;
    return await sendOnce(again, timeout);
  }
}

/** What proves that a write comes from a page of ours, for what is not sent by fetch. */
export const csrfHeaders = (): Record<string, string> =>
  csrfToken === null ? {} : { "X-Looplane-CSRF": csrfToken };

async function sendOnce(request: Request, timeout: number): Promise<Response> {
  const headers = new Headers(request.headers);
  if (request.method !== "GET" && csrfToken !== null) headers.set("X-Looplane-CSRF", csrfToken);
  const signals = [request.signal, ...(timeout > 0 ? [AbortSignal.timeout(timeout)] : [])];
  const askedAt = Date.now();
  let response: Response;
  try {
    response = await fetch(
      new Request(request, {
        headers,
        credentials: "same-origin",
        signal: AbortSignal.any(signals),
      }),
    );
  } catch (cause) {
    if (isAbort(cause) && request.signal.aborted) throw cause;
    throw unreachable(cause);
  }
  learnTime(response.headers.get("Date"), askedAt);
  if (response.ok || response.status === 304) return response;
  if (response.status === 401 && csrfToken !== null) sessionEnded.set(true);
  throw await errorOf(response);
}

// Signing in again in another tab gives all tabs its session, whose token this one does not have.
export const isTokenRefused = (error: unknown): boolean =>
  error instanceof ApiError && error.code === "csrf_token_required";

/** Takes over the session of another tab; false where it is another member's, or none. */
export async function renewToken(): Promise<boolean> {
  const asks = { credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
  const response = await fetch(`${APP}/session`, asks).catch(() => null);
  if (!response?.ok) {
    if (response?.status === 401) sessionEnded.set(true);
    return false;
  }
  const session = (await response.json()) as components["schemas"]["SessionOut"];
  if (memberId !== null && session.member.id !== memberId) {
    sessionEnded.set(true);
    return false;
  }
  setCsrfToken(session.csrf_token, session.member.id);
  return true;
}

const noEmptyAnswers: Middleware = {
  onResponse({ response }) {
    if (response.status === 304) throw new ApiError(304, "not_modified", "Nothing changed.");
  },
};

/** Several values of one parameter stand behind one another, with commas. */
const querySerializer = { array: { style: "form", explode: false } } as const;

/** The public API, with the types of the contract: `take(v2.GET("/tags"))`. */
export const v2 = createClient<paths>({
  baseUrl: location.origin + V2,
  fetch: (request) => send(request),
  querySerializer,
});
v2.use(noEmptyAnswers);

/** The part of the API that is for this program, with the same types. */
export const appApi = createClient<paths>({
  baseUrl: location.origin + APP,
  fetch: (request) => send(request),
  querySerializer,
});

// A browser refuses to go on with more than 64 KiB once a page is gone, of all requests together.
const OUTLIVES_PAGE_BYTES = 60_000;

/**
 * For a write that goes on where the page is left meanwhile, and that is done once however often
 * it is sent with the same key. What is too large for that ends with the page.
 */
export const outlivingPage = (body: unknown, key: string) => ({
  keepalive: new Blob([JSON.stringify(body)]).size <= OUTLIVES_PAGE_BYTES,
  params: { header: { "Idempotency-Key": key } },
});

interface Answer<T> {
  data?: T | undefined;
  response: Response;
}

export interface Answered<T> {
  data: T;
  /** The version of the thing, as events count it too. */
  version: number | null;
  undoToken: string | null;
}

export async function takeAll<T>(call: Promise<Answer<T>>): Promise<Answered<T>> {
  const { data, response } = await call;
  if (data === undefined) throw await errorOf(response);
  return {
    data,
    version: versionOf(response.headers.get("ETag")),
    undoToken: response.headers.get("X-Looplane-Undo"),
  };
}

/** The body of an answer; whatever else came is thrown as an ApiError. */
export async function take<T>(call: Promise<Answer<T>>): Promise<T> {
  return (await takeAll(call)).data;
}

function versionOf(etag: string | null): number | null {
  const version = /^(?:W\/)?"(\d{1,15})(?:-[0-9a-f]+)?"$/.exec(etag ?? "")?.[1];
  return version === undefined ? null : Number(version);
}
