import { useQuery } from "@tanstack/react-query";
import { app, take, takeAll, v2 } from "./client";
import { ApiError } from "./errors";
import { keys } from "./keys";
import type { components } from "./schema";
import type { Comment, Message } from "./types";

type SnippetPage = components["schemas"]["SnippetPage"];
export type Snippet = components["schemas"]["SnippetOut"];

export interface Named {
  id: string;
  name: string | null;
  email: string;
}

/** All pieces of replies, a few pages at most. */
export function useSnippets({ enabled }: { enabled: boolean }) {
  return useQuery({
    queryKey: [...keys.snippets, "all"],
    queryFn: async ({ signal }) => {
      const all: Snippet[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < 5; page++) {
        const query = { limit: 100, ...(cursor !== null && { cursor }) };
        const answer: SnippetPage = await take(v2.GET("/snippets", { params: { query }, signal }));
        all.push(...answer.data);
        cursor = answer.page.cursor;
        if (!answer.page.has_more) break;
      }
      return all;
    },
    staleTime: 5 * 60_000,
    enabled,
  });
}

/** Who can be mentioned. */
export function useTeam({ enabled }: { enabled: boolean }) {
  return useQuery({
    queryKey: [...keys.members, "team"],
    queryFn: async ({ signal }): Promise<Named[]> => {
      try {
        return (await app<{ data: Named[] }>("GET", "/team", undefined, signal)).data;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
        return (await take(v2.GET("/members", { params: { query: { limit: 100 } }, signal }))).data;
      }
    },
    staleTime: 5 * 60_000,
    enabled,
  });
}

/** Contacts by their name or the beginning of nothing but a whole address. */
export async function findContacts(words: string, signal: AbortSignal): Promise<Named[]> {
  const query = { limit: 8, ...(words === "" ? {} : { name_contains: words }) };
  return (await take(v2.GET("/contacts", { params: { query }, signal }))).data;
}

/** The newest message of a thread, to see whether somebody answered meanwhile. */
export function useLastMessage(threadId: string) {
  return useQuery({
    queryKey: [...keys.messages(threadId), "last"],
    queryFn: async ({ signal }): Promise<Message | null> => {
      const params = { path: { thread_id: threadId }, query: { order: "desc", limit: 1 } } as const;
      const page = await take(v2.GET("/threads/{thread_id}/messages", { params, signal }));
      return page.data[0] ?? null;
    },
    staleTime: 30_000,
  });
}

export interface NewComment {
  content: string;
  mention_ids?: string[];
}

export async function createComment(
  threadId: string,
  body: NewComment,
): Promise<{ comment: Comment; undoToken: string | null }> {
  const answer = await takeAll(
    v2.POST("/threads/{thread_id}/comments", {
      params: { path: { thread_id: threadId } },
      body,
    }),
  );
  return { comment: answer.data, undoToken: answer.undoToken };
}
