import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { putThread, readThread } from "./cache";
import { keys } from "./keys";
import { makeQueryClient } from "./query-client";
import { type Conflict, useUpdateThread } from "./thread-writes";
import type { Thread } from "./types";

const thread = (more: Partial<Thread>): Thread =>
  ({
    id: "t1",
    title: "Before",
    updated_at: "2026-01-01T00:00:00.000Z",
    status: "open",
    tags: [],
    customer_needs: [],
    ...more,
  }) as unknown as Thread;

const answer = (status: number, body: unknown, version: number): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { ETag: `"${version}"`, "Content-Type": "application/json" },
  });

const client = makeQueryClient();
const calls: Request[] = [];
let answers: Response[] = [];

beforeEach(() => {
  client.clear();
  calls.length = 0;
  vi.stubGlobal("fetch", (request: Request) => {
    calls.push(request);
    const next = answers.shift();
    return next ? Promise.resolve(next) : Promise.reject(new TypeError("offline"));
  });
});

function write(id: string) {
  putThread(client, thread({ id }), 7);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => useUpdateThread(), { wrapper });
  act(() => result.current.update({ id, patch: { title: "After" }, label: "Renamed" }));
  return result;
}

it("shows a change at once and sends the version that it builds on", async () => {
  answers = [answer(200, thread({ id: "a", title: "After" }), 8)];
  write("a");
  expect(readThread(client, "a")?.title).toBe("After");
  await waitFor(() => expect(calls[0]?.headers.get("If-Match")).toBe('"7"'));
});

it("goes back where it is refused, and says why", async () => {
  const refused = { message: "No.", code: "validation_failed", issues: [{ message: "title: no" }] };
  answers = [answer(400, refused, 7)];
  const result = write("b");
  await waitFor(() => expect(result.current.error?.message).toBe("No."));
  expect(readThread(client, "b")?.title).toBe("Before");
});

it("is sent again where others changed another field", async () => {
  const stale = { message: "Older.", code: "precondition_failed" };
  answers = [
    answer(412, stale, 8),
    answer(200, thread({ id: "c", status: "done" }), 8),
    answer(200, thread({ id: "c", status: "done", title: "After" }), 9),
  ];
  write("c");
  await waitFor(() => expect(calls).toHaveLength(3));
  expect(calls[2]?.headers.get("If-Match")).toBe('"8"');
  await waitFor(() => expect(readThread(client, "c")?.status).toBe("done"));
});

it("is a conflict where others changed the same field", async () => {
  const stale = { message: "Older.", code: "precondition_failed" };
  answers = [answer(412, stale, 8), answer(200, thread({ id: "d", title: "Theirs" }), 8)];
  write("d");
  await waitFor(() => {
    const conflict = client.getQueryData<Conflict>(keys.conflict("d"));
    expect(conflict?.field).toBe("title");
    expect(conflict?.theirs.title).toBe("Theirs");
  });
  expect(readThread(client, "d")?.title).toBe("Theirs");
});
