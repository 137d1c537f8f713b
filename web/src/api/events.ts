import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { timeNow } from "@/lib/clock";
import { doubtThreads } from "./cache";
import { staleCounts } from "./counts";
import { V2, send, sessionEnded, take, v2 } from "./client";
import { ApiError, isAbort } from "./errors";
import { readStream } from "./event-stream";
import { applyEvent } from "./event-writes";
import { keys } from "./keys";
import { presenceChanged } from "./presence";
import { checkPage } from "./page-version";
import type { ThreadIds } from "./list-pages";
import { signal, useSignal } from "./signal";
import type { FeedEvent } from "./types";

/** live: what is shown is now. behind: being caught up. offline: nothing comes in. */
export type LiveStatus = "live" | "behind" | "offline";

const status = signal<LiveStatus>("behind");
const heard = new Set<(event: FeedEvent) => void>();
const MAX_BEHIND = 500;
const TRIES_BEFORE_POLLING = 3;
const POLLS_BEFORE_STREAM = 10;
const BEGINS_WITHIN_MS = 20_000;

export function useLiveStatus(): LiveStatus {
  return useSignal(status);
}

/** Each event as it comes, after it was written into the cache. */
export function useEvents(handler: (event: FeedEvent) => void): void {
  const onEvent = useEffectEvent(handler);
  useEffect(() => {
    const listener = (event: FeedEvent): void => onEvent(event);
    heard.add(listener);
    return () => void heard.delete(listener);
  }, []);
}

const pause = (ms: number, abort: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const wake = (): void => {
      clearTimeout(timer);
      resolve();
    };
    abort.addEventListener("abort", wake, { once: true });
    window.addEventListener("online", wake, { once: true });
  });

class Follower {
  #cursor: string | null = null;
  #failures = 0;
  /** Streams that never began, as behind a proxy that holds them back. */
  #streamFailures = 0;
  #missed = 0;
  #turn = new AbortController();

  constructor(
    readonly client: QueryClient,
    readonly abort: AbortSignal,
  ) {}

  async run(): Promise<void> {
    while (!this.abort.aborted) {
      this.#turn = new AbortController();
      const either = AbortSignal.any([this.abort, this.#turn.signal]);
      const isStreamed = this.#streamFailures < TRIES_BEFORE_POLLING;
      try {
        await (isStreamed ? this.#stream(either) : this.#pollFor(either));
      } catch (error) {
        if (isAbort(error)) continue;
        this.#failures++;
        const refused = error instanceof ApiError && error.status > 0 && !error.isTransient;
        if (refused && error.status === 422) this.#startAgain();
        // Who was signed out is not without a network: what was refused was reached.
        const isReached = refused || (navigator.onLine && this.#failures < 3);
        status.set(isReached ? "behind" : "offline");
        await pause(Math.min(1_000 * 2 ** this.#failures, 30_000), either);
      }
    }
  }

  /** Asks anew, as what was asked before the network went away may wait for ever. */
  again(): void {
    this.#streamFailures = 0;
    this.#turn.abort();
  }

  async #stream(abort: AbortSignal): Promise<void> {
    const url = new URL(`${V2}/events/stream`, location.origin);
    if (this.#cursor === null) url.searchParams.set("after", "latest");
    const headers = this.#cursor === null ? {} : { "Last-Event-ID": this.#cursor };
    const request = new Request(url, { headers, signal: abort, cache: "no-store" });
    this.#streamFailures++;
    // It may last for ever, but not take for ever to begin.
    const late = setTimeout(() => this.#turn.abort(), BEGINS_WITHIN_MS);
    const response = await send(request, 0).finally(() => clearTimeout(late));
    this.#streamFailures = 0;
    void checkPage();
    this.#arrived();
    await readStream(response, (message) => {
      if (message.event === "presence") {
        presenceChanged((JSON.parse(message.data ?? "{}") as { thread_id: string }).thread_id);
      } else if (message.data !== null) this.#take(JSON.parse(message.data) as FeedEvent);
      if (message.id !== null) this.#cursor = message.id;
    });
    // The server ends streams from time to time; where it does so at once, do not spin.
    await pause(1_000, abort);
  }

  async #pollFor(abort: AbortSignal): Promise<void> {
    for (let n = 0; n < POLLS_BEFORE_STREAM && !abort.aborted; n++) await this.#poll(abort);
    this.#streamFailures = TRIES_BEFORE_POLLING - 1;
  }

  async #poll(abort: AbortSignal): Promise<void> {
    const page = await take(
      v2.GET("/events", {
        params: { query: { after: this.#cursor ?? "latest", wait: 15, limit: 200 } },
        signal: abort,
      }),
    );
    this.#cursor = page.page.cursor;
    this.#arrived();
    for (const event of page.data) this.#take(event);
  }

  #arrived(): void {
    const wasAway = status.get() === "offline" || this.#failures > 0;
    this.#failures = 0;
    status.set("live");
    if (wasAway && this.#cursor === null) this.#startAgain();
  }

  #take(event: FeedEvent): void {
    const isOld = timeNow() - Date.parse(event.created_at) > 60_000;
    this.#missed = isOld ? this.#missed + 1 : 0;
    if (this.#missed > MAX_BEHIND) return this.#startAgain();
    if (applyEvent(this.client, event)) staleCounts(this.client);
    for (const listener of heard) listener(event);
  }

  /** So much was missed, or so long ago, that reading all anew is cheaper, and right. */
  #startAgain(): void {
    this.#cursor = null;
    this.#missed = 0;
    doubtThreads(this.client);
    this.client.setQueriesData<ThreadIds>(
      { queryKey: keys.allThreads },
      (list) => list && { ...list, isSuspect: true },
    );
    void this.client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "session" });
  }
}

/** Follows what happens for as long as the page is there. Mounted once, by the frame. */
export function useFollowEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const abort = new AbortController();
    const follower = new Follower(client, abort.signal);
    void follower.run();
    const onOffline = (): void => status.set("offline");
    const onOnline = (): void => follower.again();
    const unsubscribe = sessionEnded.subscribe(() => {
      if (!sessionEnded.get()) follower.again();
    });
    window.addEventListener("offline", onOffline);
    window.addEventListener("online", onOnline);
    return () => {
      abort.abort();
      unsubscribe();
      window.removeEventListener("offline", onOffline);
      window.removeEventListener("online", onOnline);
    };
  }, [client]);
}
