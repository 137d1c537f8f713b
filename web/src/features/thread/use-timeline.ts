import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useEvents } from "@/api/events";
import { type HeldOut, useHeld } from "@/api/held";
import { useNames } from "@/api/names";
import { markRead } from "@/api/reading";
import { useMe } from "@/api/session";
import { allOf, useComments, useMessages, useThreadEvents } from "@/api/thread-content";
import { firstUnread, timelineOf } from "@/api/timeline";
import type { Thread } from "@/api/types";
import { dateNow } from "@/lib/clock";
import { whenTime } from "@/lib/dates";
import { announce } from "@/ui/LiveRegion";
import { personOf } from "./people";
import { sendingIn } from "./sending";

const NOTHING_HELD: readonly HeldOut[] = [];
// After its first paint; what is passed sooner was not read.
const READ_AFTER_MS = 150;

const say = (iso: string): string => whenTime(iso, dateNow());

/** All that the timeline of a thread shows, kept live. */
export function useTimeline(threadId: string) {
  const messages = useMessages(threadId);
  const comments = useComments(threadId);
  const events = useThreadEvents(threadId);
  const names = useNames();
  const me = useMe();
  const { data: held = NOTHING_HELD } = useHeld();
  const allMessages = useMemo(() => allOf(messages.data), [messages.data]);
  const allEvents = useMemo(() => allOf(events.data), [events.data]);
  const hasOlder = messages.hasNextPage;
  const sending = useMemo(
    () => sendingIn(threadId, held, allMessages, me.id),
    [threadId, held, allMessages, me.id],
  );
  const entries = useMemo(
    () =>
      timelineOf(
        { messages: allMessages, comments: comments.data ?? [], events: allEvents, hasOlder },
        names,
        say,
      ),
    [allMessages, comments.data, allEvents, hasOlder, names],
  );

  // Changes are paged as well: they are read on until they reach as far back as the messages.
  const oldest = allMessages.at(-1)?.created_at ?? "";
  const lastEvent = allEvents.at(-1)?.created_at ?? "";
  const { hasNextPage, isFetching, fetchNextPage } = events;
  useEffect(() => {
    if (hasNextPage && !isFetching && (!hasOlder || lastEvent > oldest)) void fetchNextPage();
  }, [hasNextPage, isFetching, hasOlder, lastEvent, oldest, fetchNextPage]);

  useEvents((event) => {
    if (event.history_of !== threadId || event.type !== "message.received") return;
    announce(`New message from ${personOf(event.data?.["from"]).name}`);
  });

  const { fetchNextPage: fetchOlder } = messages;
  return {
    entries,
    /** Answers of one's own that are about to leave. */
    sending,
    messages: allMessages,
    isReady: messages.data !== undefined && !comments.isPending && !events.isPending,
    events: allEvents,
    error: messages.data === undefined ? messages.error : null,
    refetch: messages.refetch,
    older: {
      hasMore: hasOlder,
      isLoading: messages.isFetchingNextPage,
      error: messages.isFetchNextPageError ? messages.error : null,
      load: useCallback(() => void fetchOlder(), [fetchOlder]),
    },
  };
}

/**
 * Marks a thread as read as it is seen, and again for what comes in while it is seen. Gives the
 * message where the reading begins, which stays for as long as the thread is open.
 */
export function useReading(
  thread: Thread,
  timeline: ReturnType<typeof useTimeline>,
): string | null {
  const client = useQueryClient();
  const me = useMe();
  const [wasUnread] = useState(!thread.is_read);
  const [unreadId, setUnreadId] = useState<string | null>(null);
  const { isReady, messages, events } = timeline;
  if (wasUnread && isReady && unreadId === null && messages.length > 0) {
    const found = firstUnread(messages, events);
    if (found !== null) setUnreadId(found);
  }
  const seenUpTo = useRef<string | null | undefined>(undefined);
  const { id, last_inbound_message_at: lastInbound, is_read: isRead } = thread;
  useEffect(() => {
    if (!isReady || me.role === "VIEWER") return;
    const read = (): void => {
      if (document.visibilityState !== "visible" || seenUpTo.current === lastInbound) return;
      // Marked unread by hand after this it stays so, until something new comes in.
      seenUpTo.current = lastInbound;
      if (!isRead) markRead(client, id, true, lastInbound).catch(() => undefined);
    };
    const timer = setTimeout(read, READ_AFTER_MS);
    document.addEventListener("visibilitychange", read);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", read);
    };
  }, [client, id, isReady, lastInbound, isRead, me.role]);
  return unreadId;
}
