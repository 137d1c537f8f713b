import type { QueryClient } from "@tanstack/react-query";
import { addOverlay, dropOverlay, putThread, readThread } from "./cache";
import { APP, send, versionOf } from "./client";
import type { Thread } from "./types";

// Below zero, so that these never meet the numbers of changes by PATCH.
let lastNumber = 0;

/**
 * Marks a thread as read or unread, which shows at once. What is marked by opening it says what was
 * seen: a message that came in meanwhile stays unread.
 */
export async function markRead(
  client: QueryClient,
  id: string,
  isRead: boolean,
  seen?: string | null,
): Promise<void> {
  const thread = readThread(client, id);
  if (!thread || thread.is_read === isRead) return;
  const number = --lastNumber;
  addOverlay(client, id, number, { is_read: isRead });
  try {
    const response = await send(
      new Request(new URL(`${APP}/read`, location.origin), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          thread_id: id,
          is_read: isRead,
          ...(seen === undefined ? {} : { seen_inbound_at: seen }),
        }),
      }),
    );
    const answer = (await response.json()) as Thread;
    putThread(client, answer, versionOf(response.headers.get("ETag")));
  } finally {
    dropOverlay(client, id, number);
  }
}
