import {
  type InfiniteData,
  type QueryClient,
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import { type Page, allPages } from "./all-pages";
import { take, v2 } from "./client";
import { keys } from "./keys";
import { threadQueryOptions } from "./threads";
import type { Comment, FeedEvent, Message } from "./types";

const MESSAGES = 40;
const EVENTS = 100;
const COMMENTS = 100;

// What is told as a sentence; messages and comments stand there themselves.
const TOLD =
  "thread.created,thread.updated,thread.deleted,thread.restored,comment.deleted,comment.restored," +
  "customer_need.created,customer_need.deleted";

const next = (last: Page<unknown>): string | null => (last.page.has_more ? last.page.cursor : null);

/** The messages of a thread, page by page, the newest first. */
const messagesQuery = (threadId: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.messages(threadId), "pages"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }): Promise<Page<Message>> =>
      take(
        v2.GET("/threads/{thread_id}/messages", {
          params: {
            path: { thread_id: threadId },
            query: { order: "desc", limit: MESSAGES, ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: next,
  });

const eventsQuery = (threadId: string) =>
  infiniteQueryOptions({
    queryKey: keys.threadEvents(threadId),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }): Promise<Page<FeedEvent>> =>
      take(
        v2.GET("/threads/{id}/events", {
          params: {
            path: { id: threadId },
            query: { types: TOLD, limit: EVENTS, ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: next,
  });

/** All comments of a thread, which are few beside its messages. */
const commentsQuery = (threadId: string) =>
  queryOptions({
    queryKey: keys.comments(threadId),
    queryFn: ({ signal }): Promise<Comment[]> => {
      const path = { thread_id: threadId };
      return allPages(
        (query) =>
          take(v2.GET("/threads/{thread_id}/comments", { params: { path, query }, signal })),
        COMMENTS,
      );
    },
  });

export const useMessages = (threadId: string) => useInfiniteQuery(messagesQuery(threadId));
export const useThreadEvents = (threadId: string) => useInfiniteQuery(eventsQuery(threadId));
export const useComments = (threadId: string) => useQuery(commentsQuery(threadId));

export const allOf = <T>(data: InfiniteData<Page<T>> | undefined): readonly T[] =>
  data?.pages.flatMap((page) => page.data) ?? [];

/** Loads all that a thread shows, so that opening it waits for nothing. */
export function prefetchThread(client: QueryClient, id: string): void {
  const quiet = (): undefined => undefined;
  void client.query(threadQueryOptions(client, id)).catch(quiet);
  void client.infiniteQuery(messagesQuery(id)).catch(quiet);
  void client.infiniteQuery(eventsQuery(id)).catch(quiet);
  void client.query(commentsQuery(id)).catch(quiet);
}
