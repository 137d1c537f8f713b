import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { Filters } from "@/lib/search-params";
import { putThreads, readThread } from "./cache";
import { take, v2 } from "./client";
import { ApiError } from "./errors";
import { keys } from "./keys";
import { type ThreadIds, besides, withPage, withTop } from "./list-pages";
import { knownQuestion, threadQuery } from "./list-question";
import { belongs, orderOf } from "./list-rules";
import { meOf } from "./list-writes";
import { wantLoops } from "./loops";
import type { Thread } from "./types";

const FIRST_PAGE = 50;
const NEXT_PAGE = 100;

/** A page as the server has it, but for what was done here since and is not confirmed yet. */
async function fetchPage(
  client: QueryClient,
  view: string,
  filters: Filters,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<ThreadIds> {
  const query = {
    ...threadQuery(view, filters),
    limit: cursor === null ? FIRST_PAGE : NEXT_PAGE,
    ...(cursor !== null && { cursor }),
  };
  const page = await take(v2.GET("/threads", { params: { query }, ...(signal && { signal }) }));
  putThreads(client, page.data);
  wantLoops(client, page.data);
  const question = knownQuestion(client, view, filters);
  const me = meOf(client);
  // What the server lists is right, unless more is known here than it knew.
  const hasLeft = (answered: Thread): boolean => {
    const shown = readThread(client, answered.id);
    if (!shown || !question || belongs(shown, question, me) !== false) return false;
    return belongs(answered, question, me) !== false;
  };
  const ids = page.data.filter((thread) => !hasLeft(thread)).map(({ id }) => id);
  return { ids, cursor: page.page.cursor, has_more: page.page.has_more };
}

function threadListQuery(client: QueryClient, view: string, filters: Filters) {
  const queryKey = keys.threads(view, filters);
  return queryOptions({
    queryKey,
    // What was loaded is kept, so an answer costs one page however far somebody has scrolled.
    queryFn: async ({ signal }): Promise<ThreadIds> => {
      const page = await fetchPage(client, view, filters, null, signal);
      const before = client.getQueryData<ThreadIds>(queryKey);
      const order = orderOf(knownQuestion(client, view, filters)?.sort ?? "revenue");
      return before ? withTop(before, page, order, (id) => readThread(client, id)) : page;
    },
    structuralSharing: false,
  });
}

const loading = new WeakMap<QueryClient, Map<string, Promise<void>>>();

/** Loads the page behind what there is of a list, once at a time. */
function loadMore(client: QueryClient, view: string, filters: Filters): Promise<void> {
  const queryKey = keys.threads(view, filters);
  const list = client.getQueryData<ThreadIds>(queryKey);
  const cursor = list?.cursor ?? null;
  if (!list?.has_more || cursor === null) return Promise.resolve();
  const running = loading.get(client) ?? new Map<string, Promise<void>>();
  loading.set(client, running);
  const name = JSON.stringify(queryKey);
  const load = async (): Promise<void> => {
    try {
      const page = await fetchPage(client, view, filters, cursor);
      client.setQueryData<ThreadIds>(queryKey, (now) =>
        now?.cursor === cursor ? withPage(now, page) : now,
      );
    } catch (error) {
      // A cursor that is taken no more: the list begins anew.
      if (!(error instanceof ApiError) || error.status !== 422) throw error;
      client.setQueryData<ThreadIds>(queryKey, (now) => now && { ...now, isSuspect: true });
      await client.invalidateQueries({ queryKey, exact: true });
    } finally {
      running.delete(name);
    }
  };
  const started = running.get(name) ?? load();
  running.set(name, started);
  return started;
}

const NONE: readonly string[] = [];

/** The ids of a list, as far as it is loaded; the rows read their thread with useThreadRow. */
export function useThreadList(view: string, filters: Filters) {
  const client = useQueryClient();
  const list = useQuery(threadListQuery(client, view, filters));
  const [moreError, setMoreError] = useState<unknown>(null);
  const more = useCallback(() => {
    loadMore(client, view, filters).then(() => setMoreError(null), setMoreError);
  }, [client, view, filters]);
  return {
    ids: list.data?.ids ?? NONE,
    left: list.data?.left,
    hasMore: list.data?.has_more ?? false,
    isLoaded: list.data !== undefined,
    isFetching: list.isFetching,
    error: list.error,
    refetch: list.refetch,
    loadMore: more,
    moreError,
  };
}

/** The thread below in the list, or above where it is the last; also of one that just left. */
export function neighbourOf(
  client: QueryClient,
  view: string,
  filters: Filters,
  id: string,
): string | null {
  const list = client.getQueryData<ThreadIds>(keys.threads(view, filters));
  return list ? (besides(list, id) ?? besides(list, id, -1)) : null;
}
