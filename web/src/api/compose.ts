import { useQuery } from "@tanstack/react-query";
import { take, takeAll, v2 } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";
import type { Comment } from "./types";

type SnippetPage = components["schemas"]["SnippetPage"];
export type Snippet = components["schemas"]["SnippetOut"];

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
