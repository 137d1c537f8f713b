import { useMutation, useQueryClient } from "@tanstack/react-query";
import { outlivingPage, takeAll, v2 } from "./client";
import { keys } from "./keys";
import type { Comment, CommentCreate } from "./types";
import { rememberUndo } from "./undo";

/** Adds a comment, once for a key; gives the token by which that can be undone. */
export async function createComment(
  threadId: string,
  body: CommentCreate,
  key: string,
): Promise<string | null> {
  const { keepalive, params } = outlivingPage(body, key);
  const path = { thread_id: threadId };
  const answer = await takeAll(
    v2.POST("/threads/{thread_id}/comments", { params: { ...params, path }, body, keepalive }),
  );
  return answer.undoToken;
}

/** Changes and deletes comments. Who may is decided by the server; offered to their author. */
export function useCommentWrites(threadId: string) {
  const client = useQueryClient();
  const key = keys.comments(threadId);
  const onSettled = (): void => {
    void client.invalidateQueries({ queryKey: key });
    void client.invalidateQueries({ queryKey: keys.threadEvents(threadId) });
  };
  const path = (id: string) => ({ thread_id: threadId, comment_id: id });
  const edit = useMutation({
    mutationFn: ({ id, content }: { id: string; content: string }) =>
      takeAll(
        v2.PATCH("/threads/{thread_id}/comments/{comment_id}", {
          params: { path: path(id) },
          body: { content },
        }),
      ),
    onSuccess: ({ data, undoToken }) => {
      client.setQueryData<Comment[]>(key, (all) =>
        all?.map((one) => (one.id === data.id ? data : one)),
      );
      rememberUndo(undoToken, "Comment changed", [threadId]);
    },
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) =>
      takeAll(
        v2.DELETE("/threads/{thread_id}/comments/{comment_id}", { params: { path: path(id) } }),
      ),
    onMutate: (id) => {
      const before = client.getQueryData<Comment[]>(key);
      client.setQueryData<Comment[]>(key, (all) => all?.filter((one) => one.id !== id));
      return { before };
    },
    onError: (_error, _id, kept) => client.setQueryData(key, kept?.before),
    onSuccess: ({ undoToken }) => rememberUndo(undoToken, "Comment deleted", [threadId]),
    onSettled,
  });
  return { edit, remove };
}
