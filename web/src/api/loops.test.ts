import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";
import { isLoopUnsaid, wantLoops } from "./loops";
import type { Thread } from "./types";

const thread = (id: string, fields: Partial<Thread> = {}) =>
  ({
    id,
    status: "open",
    last_inbound_message_at: "2026-01-03T00:00:00.000Z",
    last_outbound_message_at: "2026-01-02T00:00:00.000Z",
    ...fields,
  }) as Thread;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("asks only where a thread does not say it itself", () => {
  expect(isLoopUnsaid(thread("a"))).toBe(true);
  expect(isLoopUnsaid(thread("a", { status: "done" }))).toBe(true);
  expect(isLoopUnsaid(thread("a", { status: "snoozed" }))).toBe(false);
  expect(isLoopUnsaid(thread("a", { last_outbound_message_at: null }))).toBe(false);
  expect(isLoopUnsaid(thread("a", { last_inbound_message_at: null }))).toBe(false);
  const answered = "2026-01-04T00:00:00.000Z";
  expect(isLoopUnsaid(thread("a", { last_outbound_message_at: answered }))).toBe(false);
});

it("asks for many at once, and for each once", async () => {
  vi.useFakeTimers();
  const asked: string[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(new URL(request.url).searchParams.get("thread_id") ?? "");
    return Promise.resolve(new Response('{"data":[]}'));
  });
  const client = new QueryClient();
  const ids = Array.from({ length: 60 }, (_, n) => `t${n}`);
  wantLoops(
    client,
    ids.map((id) => thread(id)),
  );
  wantLoops(client, [thread("t0"), thread("t60"), thread("said", { status: "snoozed" })]);
  await vi.advanceTimersByTimeAsync(100);
  vi.useRealTimers();
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(asked.flatMap((some) => some.split(","))).toEqual([...ids, "t60"]);
});
