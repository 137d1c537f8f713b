import { sentenceOf, type SayMoment } from "./event-sentences";
import type { Names } from "./names";
import type { Comment, FeedEvent, Message } from "./types";

export interface Sentence {
  id: string;
  at: string;
  text: string;
}

export type Entry =
  | { kind: "message"; key: string; at: string; message: Message }
  | { kind: "comment"; key: string; at: string; comment: Comment }
  | { kind: "changes"; key: string; at: string; sentences: Sentence[] };

interface Loaded {
  messages: readonly Message[];
  comments: readonly Comment[];
  events: readonly FeedEvent[];
  /** Whether there are older messages, that are not loaded: what is older than them waits too. */
  hasOlder: boolean;
}

const time = (at: string): number => Date.parse(at);

/** Everything of a thread in order of time, the oldest first, with changes in runs. */
export function timelineOf(loaded: Loaded, names: Names, say: SayMoment): Entry[] {
  const oldest = loaded.messages.reduce(
    (least, message) => Math.min(least, time(message.created_at)),
    Infinity,
  );
  const horizon = loaded.hasOlder ? oldest : -Infinity;
  const said = loaded.events.flatMap((event): Entry[] => {
    const text = sentenceOf(event, names, say);
    if (text === null) return [];
    const at = event.created_at;
    return [{ kind: "changes", key: event.id, at, sentences: [{ id: event.id, at, text }] }];
  });
  const entries: Entry[] = [
    ...loaded.messages.map((message): Entry => ({
      kind: "message",
      key: message.id,
      at: message.created_at,
      message,
    })),
    ...loaded.comments.map((comment): Entry => ({
      kind: "comment",
      key: comment.id,
      at: comment.created_at,
      comment,
    })),
    ...said,
  ];
  const shown = entries
    .filter((entry) => time(entry.at) >= horizon)
    .map((entry, place) => ({ entry, place, at: time(entry.at) }))
    // A message stands before the change that it brought.
    .sort((a, b) => a.at - b.at || a.place - b.place)
    .map(({ entry }) => entry);
  return inRuns(shown);
}

function inRuns(entries: readonly Entry[]): Entry[] {
  const runs: Entry[] = [];
  for (const entry of entries) {
    const last = runs.at(-1);
    if (entry.kind === "changes" && last?.kind === "changes") {
      runs[runs.length - 1] = { ...last, sentences: [...last.sentences, ...entry.sentences] };
    } else runs.push(entry);
  }
  return runs;
}

/**
 * The first message that nobody has read, of a thread that is unread. Threads are read as a whole:
 * what came in after the thread was last marked read is new, or else after our last answer.
 */
export function firstUnread(
  messages: readonly Message[],
  events: readonly FeedEvent[],
): string | null {
  const readAt = Math.max(
    -Infinity,
    ...events
      .filter((event) => event.after?.["is_read"] === true)
      .map((event) => time(event.created_at)),
  );
  const byTime = [...messages].sort((a, b) => time(a.created_at) - time(b.created_at));
  const answeredAt = Math.max(
    -Infinity,
    ...byTime
      .filter((message) => message.direction === "outbound")
      .map((message) => time(message.created_at)),
  );
  const since = Math.max(readAt, answeredAt);
  const fresh = byTime.filter(
    (message) => message.direction === "inbound" && time(message.created_at) > since,
  );
  // Marked unread by hand, with nothing new: the last message is what is to be read again.
  return (fresh[0] ?? byTime.findLast((message) => message.direction === "inbound"))?.id ?? null;
}
