import type { QueryClient } from "@tanstack/react-query";
import { addOverlay, dropOverlay, putThread, readThread } from "./cache";
import { appApi, takeAll } from "./client";
import type { components } from "./schema";

// Halves below zero, where the numbers of the other writes of threads never are.
let lastNumber = -0.5;

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
  const mark: components["schemas"]["ReadMark"] = {
    thread_id: id,
    is_read: isRead,
    ...(seen === undefined ? {} : { seen_inbound_at: seen }),
  };
  const number = --lastNumber;
  addOverlay(client, id, number, { is_read: isRead });
  try {
    const { data, version } = await takeAll(appApi.POST("/read", { body: mark }));
    putThread(client, data, version);
  } finally {
    dropOverlay(client, id, number);
  }
}
