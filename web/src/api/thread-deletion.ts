import type { QueryClient } from "@tanstack/react-query";
import { putThread, readTruth, removeFromLists, removeThread, versionOfThread } from "./cache";
import { takeAll, v2 } from "./client";
import { staleCounts } from "./counts";
import { keys } from "./keys";
import { rememberUndo } from "./undo";

/** Deletes a thread, which undo brings back. It leaves the lists at once. */
export async function deleteThread(client: QueryClient, id: string, label: string): Promise<void> {
  const before = readTruth(client, id);
  const version = versionOfThread(client, id);
  removeFromLists(client, [id]);
  try {
    const { undoToken } = await takeAll(v2.DELETE("/threads/{id}", { params: { path: { id } } }));
    removeThread(client, id);
    rememberUndo(undoToken, label, [id]);
  } catch (error) {
    if (before) putThread(client, before, version);
    void client.invalidateQueries({ queryKey: keys.allThreads });
    throw error;
  } finally {
    staleCounts(client);
  }
}
