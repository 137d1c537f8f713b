import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sessionEnded, setCsrfToken } from "./client";
import { useFollowEvents, useLiveStatus } from "./events";

const asked: string[] = [];

/** Answers each request by its path; null never does, and ends as its asker gives it up. */
const serves = (answer: (path: string) => Response | null) =>
  vi.stubGlobal("fetch", (request: Request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    const response = answer(pathname);
    if (response) return Promise.resolve(response);
    return new Promise((_, reject) =>
      request.signal.addEventListener("abort", () =>
        reject(new DOMException("Aborted", "AbortError")),
      ),
    );
  });

const follow = () =>
  renderHook(
    () => {
      useFollowEvents();
      return useLiveStatus();
    },
    {
      wrapper: ({ children }: { children: ReactNode }) => (
        <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>
      ),
    },
  );

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json" },
  });

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  setCsrfToken(null, null);
  sessionEnded.set(false);
});

it("asks now and then where a stream never begins, as behind a proxy that holds it back", async () => {
  serves((path) =>
    path.endsWith("/stream") ? null : json({ data: [], page: { cursor: "1", has_more: false } }),
  );
  const { result, unmount } = follow();
  await pass(100_000);
  expect(asked).toContain("/api/v2/events");
  expect(result.current).toBe("live");
  unmount();
});

it("goes on as soon as somebody has signed in again, and calls nothing unreachable till then", async () => {
  setCsrfToken("old", "ada");
  serves(() => json({ code: "unauthorized", message: "No." }, 401));
  const { result, unmount } = follow();
  await pass(60_000);
  expect(result.current).toBe("behind");
  const before = asked.length;
  await act(async () => {
    setCsrfToken("new", "ada");
    await vi.advanceTimersByTimeAsync(10);
  });
  expect(asked.length).toBe(before + 1);
  unmount();
});
