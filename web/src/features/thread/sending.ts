import type { HeldOut } from "@/api/held";
import type { Message } from "@/api/types";

/** What is about to leave in a thread, without what the messages have by now. */
export function sendingIn(
  threadId: string,
  held: readonly HeldOut[],
  messages: readonly Message[],
  memberId: string,
): HeldOut[] {
  const isSent = (one: HeldOut): boolean =>
    messages.some(
      (message) =>
        message.direction === "outbound" &&
        message.user_id === memberId &&
        Date.parse(message.created_at) >= Date.parse(one.due_at),
    );
  return held.filter((one) => one.thread_id === threadId && !isSent(one));
}
