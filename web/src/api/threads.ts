import {
  type InfiniteData,
  type QueryClient,
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type Filters, isTab } from "@/lib/search-params";
import { type ThreadIds, putThread, putThreads, readThread, versionOfThread } from "./cache";
import { take, takeAll, v2 } from "./client";
import { keys } from "./keys";
import type { paths } from "./schema";
import type { Thread } from "./types";

const PAGE = 50;

export type ThreadQuery = NonNullable<paths["/threads"]["get"]["parameters"]["query"]>;

/** What a view and its filters mean as a question to the server. */
export function threadQuery(view: string, { tag, assignee, sort }: Filters): ThreadQuery {
  const members = assignee?.filter((id) => id !== "none") ?? [];
  return {
    ...(isTab(view) ? { tab: view, sort: "last_activity" } : { view }),
    ...(tag && { tag_id: tag }),
    ...(members.length > 0 && { assignee_id: members }),
    ...(members.length === 0 && assignee ? { unassigned: true } : {}),
    ...(sort && { sort }),
  };
}

export function threadListQuery(client: QueryClient, view: string, filters: Filters) {
  return infiniteQueryOptions({
    queryKey: keys.threads(view, filters),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<ThreadIds> => {
      const page = await take(
        v2.GET("/threads", {
          params: {
            query: {
              ...threadQuery(view, filters),
              limit: PAGE,
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
          signal,
        }),
      );
      putThreads(client, page.data);
      return { ids: page.data.map((thread) => thread.id), ...page.page };
    },
    getNextPageParam: (last) => (last.has_more ? last.cursor : null),
  });
}

/** The ids of a list, page by page; the rows read their thread with useThreadRow. */
export function useThreadList(view: string, filters: Filters) {
  const client = useQueryClient();
  return useInfiniteQuery(threadListQuery(client, view, filters));
}

export function threadQueryOptions(client: QueryClient, id: string) {
  return queryOptions({
    queryKey: keys.thread(id),
    queryFn: async ({ signal }): Promise<Thread> => {
      const answer = await takeAll(v2.GET("/threads/{id}", { params: { path: { id } }, signal }));
      putThread(client, answer.data, answer.version);
      return readThread(client, id) ?? answer.data;
    },
    // What only a list told of has no version yet, without which it cannot be changed safely.
    staleTime: () => (versionOfThread(client, id) === null ? 0 : 60_000),
  });
}

/** An open thread: loaded, kept live, with its version known. */
export function useThread(id: string) {
  const client = useQueryClient();
  return useQuery(threadQueryOptions(client, id));
}

/** A thread that a list has loaded. Asks the server for nothing. */
export function useThreadRow(id: string): Thread | undefined {
  const client = useQueryClient();
  return useQuery({ ...threadQueryOptions(client, id), enabled: false }).data;
}

function idsOf(client: QueryClient, view: string, filters: Filters): string[] {
  const list = client.getQueryData<InfiniteData<ThreadIds>>(keys.threads(view, filters));
  return list?.pages.flatMap((page) => page.ids) ?? [];
}

/** The thread below in the list, or above where it is the last. Ask before it is taken out. */
export function neighbourOf(
  client: QueryClient,
  view: string,
  filters: Filters,
  id: string,
): string | null {
  const ids = idsOf(client, view, filters);
  const at = ids.indexOf(id);
  return at < 0 ? (ids[0] ?? null) : (ids[at + 1] ?? ids[at - 1] ?? null);
}
