import { useMutation, useQueryClient } from "@tanstack/react-query";
import { addOverlay, dropOverlay, putThread, readThread } from "./cache";
import { takeAll, v2 } from "./client";
import { ApiError } from "./errors";
import { keys } from "./keys";
import type { CustomerNeed } from "./types";
import { rememberUndo } from "./undo";

/** A project or an issue that a thread asks for. */
export interface Linked {
  kind: "project" | "issue";
  id: string;
}

interface NeedsChange {
  added: readonly Linked[];
  removed: readonly Linked[];
}

export const linkedOf = (need: CustomerNeed): Linked =>
  need.project_id === null
    ? { kind: "issue", id: need.issue_id ?? "" }
    : { kind: "project", id: need.project_id };

const isSame = (one: Linked, other: Linked): boolean =>
  one.kind === other.kind && one.id === other.id;

// Below zero, where the numbers of the other writes of threads never are.
let lastNumber = 0;

/** The needs of a thread after a change, with those that are not there yet made up. */
function needsAfter(
  needs: readonly CustomerNeed[],
  { added, removed }: NeedsChange,
  threadId: string,
): CustomerNeed[] {
  const kept = needs.filter((need) => !removed.some((one) => isSame(one, linkedOf(need))));
  const now = new Date().toISOString();
  const made = added
    .filter((one) => !kept.some((need) => isSame(one, linkedOf(need))))
    .map((one) => ({
      id: `new ${one.kind} ${one.id}`,
      thread_id: threadId,
      project_id: one.kind === "project" ? one.id : null,
      issue_id: one.kind === "issue" ? one.id : null,
      priority: 0,
      created_at: now,
      updated_at: now,
    }));
  return [...kept, ...made];
}

async function sendChange(
  threadId: string,
  needs: readonly CustomerNeed[],
  { added, removed }: NeedsChange,
): Promise<(string | null)[]> {
  const tokens: (string | null)[] = [];
  const thread_id = threadId;
  for (const one of removed) {
    const need = needs.find((known) => isSame(one, linkedOf(known)));
    if (!need) continue;
    try {
      const path = { thread_id, id: need.id };
      const gone = await takeAll(
        v2.DELETE("/threads/{thread_id}/customer-needs/{id}", { params: { path } }),
      );
      tokens.push(gone.undoToken);
    } catch (error) {
      // What somebody else unlinked meanwhile is unlinked.
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }
  if (added.length > 0) {
    const ids = (kind: Linked["kind"]) =>
      added.filter((one) => one.kind === kind).map((one) => one.id);
    const [project_ids, issue_ids] = [ids("project"), ids("issue")];
    const linked = await takeAll(
      v2.POST("/threads/{thread_id}/customer-needs", {
        params: { path: { thread_id } },
        body: {
          ...(project_ids.length > 0 && { project_ids }),
          ...(issue_ids.length > 0 && { issue_ids }),
        },
      }),
    );
    tokens.push(linked.undoToken);
  }
  return tokens;
}

/** Links a thread to projects and issues, and ends such links. Shown at once, undone by undo. */
export function useThreadNeeds(threadId: string) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationKey: ["update-needs", threadId],
    mutationFn: ({
      change,
      needs,
    }: {
      change: NeedsChange;
      needs: CustomerNeed[];
      number: number;
    }) => sendChange(threadId, needs, change),
    retry: (failures, error) => failures < 3 && error instanceof ApiError && error.isTransient,
    onSuccess: (tokens) => {
      for (const token of tokens) rememberUndo(token, "Links to projects and issues", [threadId]);
    },
    onSettled: async (_tokens, _error, { number }) => {
      // Read before the change is taken off the screen, so that nothing flashes.
      try {
        const path = { id: threadId };
        const now = await takeAll(v2.GET("/threads/{id}", { params: { path } }));
        putThread(client, now.data, now.version);
      } finally {
        dropOverlay(client, threadId, number);
        void client.invalidateQueries({ queryKey: keys.threadEvents(threadId) });
      }
    },
  });
  const change = (next: NeedsChange): void => {
    const thread = readThread(client, threadId);
    if (!thread || next.added.length + next.removed.length === 0) return;
    const needs = thread.customer_needs;
    const number = --lastNumber;
    addOverlay(client, threadId, number, { customer_needs: needsAfter(needs, next, threadId) });
    mutation.mutate({ change: next, needs, number });
  };
  const last = mutation.variables?.change;
  return {
    change,
    error: mutation.error,
    isPending: mutation.isPending,
    reset: mutation.reset,
    /** Sends again what did not get through. */
    retry: () => last && change(last),
  };
}
