import { ApiError } from "@/api/errors";
import { putUnsent } from "@/api/unsent";
import { readStored, storedNames, writeStored } from "@/lib/stored";
import { readCopy } from "./unsent-rules";
import { flushOpen } from "./use-keeper";
import { textToSend } from "./wire";

/**
 * Saves what this browser alone has kept of the texts of a member. Throws where the server cannot
 * be reached; what it refuses, as another device wrote since, stays here for its writer.
 */
export async function saveLeftBehind(memberId: string): Promise<void> {
  await flushOpen();
  for (const name of storedNames(`unsent.${memberId}.`)) {
    const [threadId = "", mode] = name.split(".").slice(2);
    const copy = readCopy(readStored(name));
    if (!copy?.isDirty || (mode !== "reply" && mode !== "comment")) continue;
    try {
      const text = textToSend(copy.text, mode);
      await putUnsent(threadId, { ...text, mode, expected_updated_at: copy.base });
      writeStored(name, null);
    } catch (error) {
      if (!(error instanceof ApiError) || error.isTransient) throw error;
    }
  }
}
