import {
  type Mutation,
  type QueryClient,
  type QueryKey,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Answered } from "./client";
import { ApiError } from "./errors";
import { type FieldEdit, isRefusal, reasonOf } from "./thread-edits";
import { rememberUndo } from "./undo";

/** A kind of thing that is edited in place, other than threads: how it is read and written. */
export interface Resource<T extends { id: string; updated_at: string }, P extends object> {
  kind: string;
  keyOf: (id: string) => QueryKey;
  get: (id: string, signal?: AbortSignal) => Promise<Answered<T>>;
  patch: (id: string, version: number | null, body: P) => Promise<Answered<T>>;
  /** What of the thing a field of a patch writes, so that two can be held together. */
  valueOf: (thing: T, field: keyof P) => unknown;
  /** What it shows by a patch, until the answer. */
  shownBy: (patch: P) => Partial<T>;
  /** Where else it is shown. */
  onChanged?: (client: QueryClient, thing: T) => void;
}

interface ResourceWrite<T, P> {
  id: string;
  patch: P;
  label: string;
  /** What it shows until the answer, where the patch has only ids. */
  shown?: Partial<T>;
  base?: T | undefined;
}

/** Somebody else changed the same field first. */
class ResourceConflict<T> extends ApiError {
  constructor(
    readonly theirs: T,
    readonly fields: readonly string[],
  ) {
    super(412, "precondition_failed", "Somebody else changed this first.");
  }
}

/** The version that a thing had when it was read; events move things without telling it. */
const versions = new WeakMap<object, number>();

function take<T extends object>(answer: Answered<T>): T {
  if (answer.version !== null) versions.set(answer.data, answer.version);
  return answer.data;
}

function changedFields<T extends { id: string; updated_at: string }, P extends object>(
  resource: Resource<T, P>,
  patch: P,
  one: T | undefined,
  other: T,
): string[] {
  if (!one) return [];
  return (Object.keys(patch) as (keyof P & string)[]).filter(
    (field) =>
      JSON.stringify(resource.valueOf(one, field)) !==
      JSON.stringify(resource.valueOf(other, field)),
  );
}

/** Sends a change upon what it builds on; where only other fields moved, upon what is now. */
async function sendWrite<T extends { id: string; updated_at: string }, P extends object>(
  client: QueryClient,
  resource: Resource<T, P>,
  write: ResourceWrite<T, P>,
): Promise<Answered<T>> {
  const known = client.getQueryData<T>(resource.keyOf(write.id));
  let version = known ? (versions.get(known) ?? null) : null;
  for (let attempt = 0; ; attempt++) {
    if (version === null) {
      const now = await resource.get(write.id);
      client.setQueryData(resource.keyOf(write.id), take(now));
      const fields = changedFields(resource, write.patch, write.base, now.data);
      if (fields.length > 0) throw new ResourceConflict(now.data, fields);
      version = now.version;
    }
    try {
      return await resource.patch(write.id, version, write.patch);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 412 || attempt === 3) throw error;
      version = null;
    }
  }
}

/** What of one thing is under way, was refused, could not be sent, or met another's change. */
export interface ResourceEdits<T, P> {
  edit: (field: keyof P) => FieldEdit | null;
  unsaved: { write: ResourceWrite<T, P>; reason: string }[];
  retry: () => void;
  giveUp: () => void;
  conflicts: {
    fields: readonly string[];
    mine: ResourceWrite<T, P>;
    theirs: T;
    keepTheirs: () => void;
    keepMine: () => void;
  }[];
  update: (patch: P, label: string, shown?: Partial<T>) => void;
}

/** A thing with the changes made here upon it, and the way to change it. */
export function useResource<T extends { id: string; updated_at: string }, P extends object>(
  resource: Resource<T, P>,
  id: string,
) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: resource.keyOf(id),
    queryFn: async ({ signal }) => take(await resource.get(id, signal)),
    staleTime: 60_000,
  });
  const mutationKey = ["update", resource.kind];
  const { mutate } = useMutation<Answered<T>, Error, ResourceWrite<T, P>>({
    mutationKey,
    mutationFn: (write) => sendWrite(client, resource, write),
    // Until it is sent or given up, the change itself is what is shown.
    gcTime: Infinity,
    retry: (failures, error) => failures < 3 && error instanceof ApiError && error.isTransient,
    onSuccess: (answer, write) => {
      const thing = take(answer);
      client.setQueryData(resource.keyOf(write.id), thing);
      resource.onChanged?.(client, thing);
      rememberUndo(answer.undoToken, write.label);
    },
  });
  const mutations = useMutationState({
    filters: {
      mutationKey,
      predicate: ({ state }) =>
        state.status !== "success" && (state.variables as { id: string }).id === id,
    },
    select: (mutation) => mutation as unknown as Mutation<Answered<T>, Error, ResourceWrite<T, P>>,
  });
  const cache = client.getMutationCache();
  const remove = (mutation: (typeof mutations)[number]): void => cache.remove(mutation);
  const open = mutations.flatMap((mutation) => {
    const write = mutation.state.variables;
    return write ? [{ mutation, write, state: mutation.state }] : [];
  });
  const failed = open.filter(({ state }) => state.status === "error");
  const stuck = failed.filter(
    ({ state }) => !isRefusal(state.error) && !(state.error instanceof ResourceConflict),
  );
  const update = (write: ResourceWrite<T, P>): void => {
    // What was refused in the same field before is answered by this.
    for (const one of failed) {
      if (Object.keys(write.patch).some((field) => field in one.write.patch)) remove(one.mutation);
    }
    mutate(write);
  };

  const isShown = (one: (typeof open)[number]): boolean =>
    one.state.status === "pending" || stuck.includes(one);
  const shown = query.data && { ...query.data };
  for (const { write } of open.filter(isShown)) {
    if (shown) Object.assign(shown, resource.shownBy(write.patch), write.shown);
  }

  const edits: ResourceEdits<T, P> = {
    update: (patch, label, more) =>
      update({ id, patch, label, base: query.data, ...(more && { shown: more }) }),
    edit: (field) => {
      const last = open.findLast(({ write }) => field in write.patch);
      if (!last) return null;
      const { status, isPaused, failureCount, error } = last.state;
      const dismiss = (): void => remove(last.mutation);
      if (status === "pending") {
        const state = isPaused || failureCount > 0 ? "waiting" : "saving";
        return { state, reason: null, dismiss };
      }
      return isRefusal(error) ? { state: "refused", reason: reasonOf(error), dismiss } : null;
    },
    unsaved: stuck.map(({ write, state }) => ({ write, reason: reasonOf(state.error) })),
    retry: () => {
      for (const { mutation, write } of stuck) {
        remove(mutation);
        mutate(write);
      }
    },
    giveUp: () => {
      for (const { mutation } of stuck) remove(mutation);
    },
    conflicts: failed.flatMap(({ mutation, write, state }) =>
      state.error instanceof ResourceConflict
        ? [
            {
              fields: state.error.fields,
              mine: write,
              theirs: state.error.theirs as T,
              keepTheirs: () => remove(mutation),
              keepMine: () => {
                remove(mutation);
                mutate({ ...write, base: (state.error as ResourceConflict<T>).theirs });
              },
            },
          ]
        : [],
    ),
  };
  return { query, shown, edits };
}
