import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readStored, storedNames, writeStored } from "@/lib/stored";
import { saveLeftBehind } from "./left-behind";
import { EMPTY } from "./unsent-text";

const put: { url: string; body: Record<string, unknown> }[] = [];

const answers = (status: number) =>
  vi.stubGlobal("fetch", async (request: Request) => {
    put.push({ url: request.url, body: (await request.json()) as Record<string, unknown> });
    const body = JSON.stringify({ code: "x", message: "x" });
    return new Response(body, { status, headers: { "Content-Type": "application/json" } });
  });

const keep = (name: string, html: string, isDirty = true): void =>
  writeStored(name, JSON.stringify({ text: { ...EMPTY, html }, base: null, isDirty, at: 1 }));

beforeEach(() => {
  put.length = 0;
  keep("unsent.ada.t1.reply", "<p>Kept in a tunnel</p>");
  keep("unsent.ada.t2.comment", "<p>A note</p>");
  keep("unsent.bob.t1.reply", "<p>Of somebody else</p>");
});
afterEach(() => vi.unstubAllGlobals());

it("saves all that only this browser has of a member, and keeps it here no longer", async () => {
  answers(200);
  await saveLeftBehind("ada");
  expect(put.map(({ url }) => new URL(url).pathname).sort()).toEqual([
    "/api/app/unsent/t1",
    "/api/app/unsent/t2",
  ]);
  expect(put.find(({ url }) => url.endsWith("t2"))?.body).toMatchObject({
    mode: "comment",
    html: "<p>A note</p>",
    expected_updated_at: null,
  });
  expect(storedNames("unsent.")).toEqual(["unsent.bob.t1.reply"]);
});

it("keeps what the server refuses, as another device wrote since", async () => {
  answers(412);
  await saveLeftBehind("ada");
  expect(readStored("unsent.ada.t1.reply")).toContain("Kept in a tunnel");
});

it("says so where the server cannot be reached", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(saveLeftBehind("ada")).rejects.toThrow("cannot be reached");
  expect(readStored("unsent.ada.t1.reply")).toContain("Kept in a tunnel");
});
