import type { QueryClient } from "@tanstack/react-query";
import type { Filters } from "@/lib/search-params";
import { putThreads } from "./cache";
import { type Answered, take, takeAll, v2 } from "./client";
import { staleCounts } from "./counts";
import { ApiError } from "./errors";
import { keys } from "./keys";
import type { ThreadIds } from "./list-pages";
import { asOneFilter, knownQuestion, threadQuery } from "./list-question";
import type { ThreadFilter } from "./list-rules";
import { placeThreads } from "./list-writes";
import type { components } from "./schema";
import { rememberUndo } from "./undo";

type Schemas = components["schemas"];
export type BulkChange = Schemas["ThreadChange"];
export type BulkItem = Schemas["ThreadBulkItem"];
type BulkSummary = Schemas["ThreadBulkSummary"];
type BulkBody = Schemas["ThreadBulk"];

/** The most that one request takes, and the most that this page changes by one press. */
const AT_ONCE = 500;
const MAX_AT_ALL = 5_000;

/** Threads by their ids, or all that a view has. */
export type BulkTarget = { ids: readonly string[] } | { view: string; filters: Filters };

export interface BulkResult {
  items: BulkItem[];
  summary: BulkSummary;
}

export interface BulkPreview extends BulkResult {
  /** What is sent when it is done: by then the same threads, or nothing. */
  bodies: BulkBody[];
}

const NOTHING: BulkResult = { items: [], summary: { updated: 0, unchanged: 0, failed: 0 } };

export function added(one: BulkResult, other: Schemas["ThreadBulkOut"]): BulkResult {
  return {
    items: [...one.items, ...other.data],
    summary: {
      updated: one.summary.updated + other.summary.updated,
      unchanged: one.summary.unchanged + other.summary.unchanged,
      failed: one.summary.failed + other.summary.failed,
    },
  };
}

export function portions<T>(all: readonly T[], size = AT_ONCE): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, n) => all.slice(n * size, (n + 1) * size));
}

const send = (body: BulkBody, isDryRun: boolean): Promise<Answered<Schemas["ThreadBulkOut"]>> =>
  takeAll(
    v2.POST("/threads/bulk", {
      params: { query: isDryRun ? { dry_run: true } : {} },
      body,
    }),
  );

/** The number that the refusal of a wrong one says: "The filter matches 12 threads, not 0; …". */
export function countInRefusal(message: string): number | null {
  const said = /matches (\d+) threads/.exec(message)?.[1];
  return said === undefined ? null : Number(said);
}

/** The whole view as a filter with its number of threads; null where that takes several requests. */
async function filterBody(
  filter: ThreadFilter,
  change: BulkChange,
  guess: number,
): Promise<BulkBody | null> {
  const ask = (expected: number): BulkBody => ({
    filter,
    expected_count: expected,
    update: change,
  });
  try {
    await send(ask(guess), true);
    return ask(guess);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 422 && error.code === "unprocessable") return null;
    const count = error.status === 409 ? countInRefusal(error.message) : null;
    if (count === null) throw error;
    return ask(count);
  }
}

/** The ids of all threads of a view, read page by page. */
async function idsOfView(view: string, filters: Filters): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Schemas["ThreadPage"] = await take(
      v2.GET("/threads", {
        params: { query: { ...threadQuery(view, filters), limit: 200, ...(cursor && { cursor }) } },
      }),
    );
    found.push(...page.data.map(({ id }) => id));
    cursor = page.page.has_more ? page.page.cursor : null;
    if (found.length > MAX_AT_ALL) {
      throw new Error(`The view has more than ${MAX_AT_ALL} threads. Narrow it by a filter.`);
    }
  } while (cursor !== null);
  return [...new Set(found)];
}

async function bodiesOf(
  client: QueryClient,
  target: BulkTarget,
  change: BulkChange,
): Promise<BulkBody[]> {
  let ids: readonly string[];
  if ("ids" in target) ids = target.ids;
  else {
    const question = knownQuestion(client, target.view, target.filters);
    // This order leaves out whom nothing is due to, which no filter says.
    const isNarrowed = question?.sort === "oldest_waiting";
    const filter = question && !isNarrowed ? asOneFilter(question) : null;
    // Where the whole list is loaded its number is known; else the refusal of a wrong one says it.
    const list = client.getQueryData<ThreadIds>(keys.threads(target.view, target.filters));
    const guess = list && !list.has_more ? list.ids.length : 0;
    const body = filter && (await filterBody(filter, change, guess));
    if (body) return body.expected_count === 0 ? [] : [body];
    ids = await idsOfView(target.view, target.filters);
  }
  return portions(ids).map((some) => ({ ids: some, update: change }));
}

/** What a change of many threads would do, with nothing done. */
export async function previewBulk(
  client: QueryClient,
  target: BulkTarget,
  change: BulkChange,
): Promise<BulkPreview> {
  const bodies = await bodiesOf(client, target, change);
  let result = NOTHING;
  for (const body of bodies) result = added(result, (await send(body, true)).data);
  return { ...result, bodies };
}

/**
 * Does what a preview showed, all under one undo. What breaks off in between is told by `error`;
 * what was done by then is done, and can be undone.
 */
export async function runBulk(
  client: QueryClient,
  preview: BulkPreview,
  label: string,
  onProgress: (done: number) => void,
): Promise<BulkResult & { error: unknown }> {
  let result = NOTHING;
  let error: unknown = null;
  const tokens: string[] = [];
  for (const body of preview.bodies) {
    try {
      const { data, undoToken } = await send(body, false);
      if (undoToken !== null) tokens.push(undoToken);
      result = added(result, data);
      putThreads(
        client,
        data.data.flatMap(({ thread }) => thread ?? []),
      );
      placeThreads(
        client,
        data.data.map(({ id }) => id),
      );
      onProgress(result.items.length);
    } catch (cause) {
      error = cause;
      break;
    }
  }
  const changed = result.items.filter(({ status }) => status === "updated").map(({ id }) => id);
  rememberUndo(tokens, label, changed.length > 100 ? [] : changed);
  staleCounts(client);
  return { ...result, error };
}
