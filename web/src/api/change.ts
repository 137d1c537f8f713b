import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Answered } from "./client";
import { rememberUndo } from "./undo";

/** A write after which lists are read anew, and which can be undone if the server says so. */
export function useChange<V, T>(
  write: (words: V) => Promise<Answered<T>>,
  lists: readonly QueryKey[],
  /** What was done, as the undo calls it: "Deleted the tag Billing". */
  labelOf?: (words: V) => string,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: async (answer, words) => {
      if (labelOf) rememberUndo(answer.undoToken, labelOf(words));
      // The form stays at work until its list shows what it did.
      await Promise.all(lists.map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
}
