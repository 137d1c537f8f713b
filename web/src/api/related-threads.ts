import {
  infiniteQueryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { putThreads } from "./cache";
import { take, v2 } from "./client";
import { keys } from "./keys";
import type { ThreadIds } from "./list-pages";
import { wantLoops } from "./loops";
import { rest } from "./rest";

export type Related = { contact_id: string } | { company_id: string };

/** The threads of a contact or a company, the latest activity first. */
export function useRelatedThreads(of: Related | null, limit = 20) {
  const client = useQueryClient();
  const filter =
    of === null
      ? {}
      : "contact_id" in of
        ? { contact_id: [of.contact_id] }
        : { company_id: [of.company_id] };
  return useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: [...keys.relatedThreads, filter, limit],
      enabled: of !== null,
      initialPageParam: null as string | null,
      queryFn: async ({ pageParam, signal }): Promise<ThreadIds> => {
        if (pageParam === null) await rest(signal);
        const cursor = pageParam === null ? {} : { cursor: pageParam };
        const page = await take(
          v2.GET("/threads", {
            params: { query: { ...filter, limit, sort: "last_activity", ...cursor } },
            signal,
          }),
        );
        putThreads(client, page.data);
        return { ids: page.data.map((thread) => thread.id), ...page.page };
      },
      getNextPageParam: (last) => (last.has_more ? last.cursor : null),
    }),
  );
}

/** The thread of a company that waits longest for our answer; null where none does. */
export function useLongestWaiting(companyId: string | null) {
  const client = useQueryClient();
  return useQuery({
    // The first part is of its own: what is kept here is no list of pages.
    queryKey: [...keys.companies, "longest-waiting", companyId],
    enabled: companyId !== null,
    queryFn: async ({ signal }): Promise<string | null> => {
      await rest(signal);
      const query = {
        company_id: [companyId ?? ""],
        status: ["open" as const],
        sort: "oldest_waiting" as const,
        limit: 1,
      };
      const { data } = await take(v2.GET("/threads", { params: { query }, signal }));
      putThreads(client, data);
      wantLoops(client, data);
      return data[0]?.id ?? null;
    },
  });
}
