import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  type Shown,
  addOverlay,
  dropOverlay,
  putThread,
  readThread,
  readTruth,
  versionOfThread,
} from "./cache";
import { type Answered, takeAll, v2 } from "./client";
import { staleCounts } from "./counts";
import { ApiError, isAbort } from "./errors";
import { keys } from "./keys";
import { placeThreads } from "./list-writes";
import { type PatchField, changedBetween, shownBy } from "./thread-fields";
import type { Thread, ThreadPatch } from "./types";
import { rememberUndo } from "./undo";

export interface ThreadWrite {
  id: string;
  patch: ThreadPatch;
  /** What the thread shows until the answer, where the patch has only ids: the picked tags. */
  shown?: Shown;
  /** For undo, as words: "Assigned to Ada". */
  label: string;
}

/** Somebody else changed the same field first. Shown by the side panel, both versions beside. */
export interface Conflict {
  field: PatchField;
  fields: PatchField[];
  mine: ThreadWrite;
  /** How the thread is with the others' change. */
  theirs: Thread;
  at: number;
}

/** A change that could not be sent: it is kept, and asks what to do. */
interface Unsaved {
  write: ThreadWrite;
  error: ApiError;
}

interface Begun extends ThreadWrite {
  number: number;
  version: number | null;
  /** As the server had it when the change was made here. */
  base: Thread | undefined;
}

let lastNumber = 0;

// Which version our own write made of which, by thread: a second change made before the answer
// to the first then names the version that it really builds on.
const ownVersions = new Map<string, Map<number, number>>();

function versionToSend(write: Begun): number | null {
  const own = ownVersions.get(write.id);
  let version = write.version;
  while (version !== null) {
    const next = own?.get(version);
    if (next === undefined) break;
    version = next;
  }
  return version;
}

const patchThread = (write: Begun, version: number | null): Promise<Answered<Thread>> =>
  takeAll(
    v2.PATCH("/threads/{id}", {
      params: {
        path: { id: write.id },
        header: version === null ? {} : { "If-Match": `"${version}"` },
      },
      body: write.patch,
    }),
  );

class ConflictError extends ApiError {
  constructor(
    readonly theirs: Thread,
    readonly fields: PatchField[],
  ) {
    super(412, "precondition_failed", "Somebody else changed this first.");
  }
}

/** Sends a change. Where the thread moved but not in these fields, it is sent again upon that. */
async function sendWrite(client: QueryClient, write: Begun): Promise<Answered<Thread>> {
  let version = versionToSend(write);
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await patchThread(write, version);
      if (version !== null && answer.version !== null && answer.version !== version) {
        const own = ownVersions.get(write.id) ?? new Map<number, number>();
        ownVersions.set(write.id, own.set(version, answer.version));
      }
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 412 || attempt === 3) throw error;
      const path = { id: write.id };
      const now = await takeAll(v2.GET("/threads/{id}", { params: { path } }));
      putThread(client, now.data, now.version);
      const fields = write.base ? changedBetween(write.patch, write.base, now.data) : [];
      if (fields.length > 0) throw new ConflictError(now.data, fields);
      version = now.version;
    }
  }
}

/**
 * The one way to change a thread. What is changed shows at once; what is refused goes back, and
 * `error` says why. 412 in the same field is a Conflict, what cannot be sent an Unsaved.
 */
export function useUpdateThread() {
  const client = useQueryClient();
  const mutation = useMutation<Answered<Thread>, Error, Begun>({
    mutationKey: ["update-thread"],
    mutationFn: (write) => sendWrite(client, write),
    retry: (failures, error) => failures < 3 && error instanceof ApiError && error.isTransient,
    onSuccess: (answer, write) => {
      dropOverlay(client, write.id, write.number);
      putThread(client, answer.data, answer.version);
      placeThreads(client, [write.id]);
      rememberUndo(answer.undoToken, write.label, [write.id]);
      staleCounts(client);
    },
    onError: (error, write) => {
      const { id, patch, label, shown } = write;
      const kept: ThreadWrite = { id, patch, label, ...(shown && { shown }) };
      if (error instanceof ConflictError) {
        dropOverlay(client, id, write.number);
        placeThreads(client, [id]);
        const { theirs, fields } = error;
        const [field] = fields;
        if (field) {
          const conflict: Conflict = { field, fields, mine: kept, theirs, at: Date.now() };
          client.setQueryData(keys.conflict(id), conflict);
        }
      } else if (error instanceof ApiError && (error.isTransient || error.status === 401)) {
        // What was typed stays on the screen: the overlay goes when it is sent or given up.
        client.setQueryData<Unsaved[]>(keys.unsaved(id), (before = []) => [
          ...before,
          { write: kept, error },
        ]);
        unsavedOverlays.set(kept, write.number);
      } else if (!isAbort(error)) {
        dropOverlay(client, id, write.number);
        placeThreads(client, [id]);
      }
    },
  });

  const begin = (write: ThreadWrite): Begun => {
    const number = ++lastNumber;
    const begun: Begun = {
      ...write,
      number,
      version: versionOfThread(client, write.id),
      base: readTruth(client, write.id),
    };
    addOverlay(client, write.id, number, { ...shownBy(write.patch), ...write.shown });
    placeThreads(client, [write.id]);
    return begun;
  };

  return {
    update: (write: ThreadWrite) => mutation.mutate(begin(write)),
    updateAsync: (write: ThreadWrite) => mutation.mutateAsync(begin(write)),
    isPending: mutation.isPending,
    /** Why the last change was refused, for the field that made it. */
    error: mutation.error,
    reset: mutation.reset,
  };
}

const unsavedOverlays = new WeakMap<ThreadWrite, number>();

/** What of a thread could not be saved, with the two ways out. */
export function useUnsaved(id: string) {
  const client = useQueryClient();
  const { update } = useUpdateThread();
  const { data = [] } = useQuery<Unsaved[]>({
    queryKey: keys.unsaved(id),
    queryFn: () => client.getQueryData<Unsaved[]>(keys.unsaved(id)) ?? [],
    staleTime: Infinity,
  });
  const clear = (): void => {
    for (const { write } of data) {
      const number = unsavedOverlays.get(write);
      if (number !== undefined) dropOverlay(client, id, number);
    }
    placeThreads(client, [id]);
    client.setQueryData(keys.unsaved(id), []);
  };
  return {
    unsaved: data,
    retry: () => {
      clear();
      for (const { write } of data) update(write);
    },
    giveUp: clear,
  };
}

/** The conflict of a thread, with its two buttons. */
export function useConflict(id: string) {
  const client = useQueryClient();
  const { update } = useUpdateThread();
  const { data = null } = useQuery<Conflict | null>({
    queryKey: keys.conflict(id),
    queryFn: () => client.getQueryData<Conflict>(keys.conflict(id)) ?? null,
    staleTime: Infinity,
  });
  const keepTheirs = (): void => {
    client.setQueryData(keys.conflict(id), null);
  };
  return {
    conflict: data,
    shown: readThread(client, id),
    keepTheirs,
    keepMine: () => {
      keepTheirs();
      if (data) update(data.mine);
    },
  };
}
