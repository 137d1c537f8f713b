import { useMutationState, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "./errors";
import type { PatchField } from "./thread-fields";
import type { ThreadWrite } from "./thread-writes";

/** What becomes of the last change of a field, wherever on the screen it was made. */
export interface FieldEdit {
  /** saving: on its way. waiting: it did not get through yet. refused: it went back. */
  state: "saving" | "waiting" | "refused";
  reason: string | null;
  /** Takes the reason away. */
  dismiss: () => void;
}

/** Why a change was refused, in the words that concern the field. */
export function reasonOf(error: unknown): string {
  if (error instanceof ApiError && error.issues.length > 0) {
    const said = error.issues.map((issue) => issue.replace(/^[a-z_.[\]0-9]+: /, ""));
    return [...new Set(said)].join("; ");
  }
  return error instanceof Error ? error.message : "It was refused.";
}

export const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && !error.isTransient && error.status !== 412 && error.status !== 401;

/** The changes of a thread that are under way or were refused, by their fields. */
export function useThreadEdits(id: string): (...fields: PatchField[]) => FieldEdit | null {
  const client = useQueryClient();
  const mutations = useMutationState({
    filters: {
      mutationKey: ["update-thread"],
      predicate: ({ state }) => (state.variables as ThreadWrite | undefined)?.id === id,
    },
    select: (mutation) => mutation,
  });
  return (...fields) => {
    const last = mutations.findLast((mutation) => {
      const patch = (mutation.state.variables as ThreadWrite).patch;
      return fields.some((field) => field in patch);
    });
    if (!last) return null;
    const { status, isPaused, failureCount, error } = last.state;
    const dismiss = (): void => client.getMutationCache().remove(last);
    if (status === "pending") {
      const state = isPaused || failureCount > 0 ? "waiting" : "saving";
      return { state, reason: null, dismiss };
    }
    return isRefusal(error) ? { state: "refused", reason: reasonOf(error), dismiss } : null;
  };
}
