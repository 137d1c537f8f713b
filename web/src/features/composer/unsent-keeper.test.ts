import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import { UnsentKeeper } from "./unsent-keeper";
import { decideText, readCopy } from "./unsent-rules";
import { EMPTY, type LocalCopy, type Places, type ServerText, type Text } from "./unsent-text";

const T1 = "2026-03-01T09:00:00.000Z";
const T2 = "2026-03-01T10:00:00.000Z";
const text = (html: string): Text => ({ ...EMPTY, html });
const server = (html: string, updated_at: string): ServerText => ({
  text: text(html),
  updated_at,
  problem: null,
});

let local: LocalCopy | null = null;
const put = vi.fn<Places["put"]>();
const get = vi.fn<Places["get"]>();
const make = () =>
  new UnsentKeeper({
    readLocal: () => local,
    writeLocal: (copy) => {
      local = copy;
      return true;
    },
    get,
    put,
  });

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(T1) });
  local = null;
  put.mockReset();
  get.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
});

it("keeps each letter here at once, and on the server after a pause", async () => {
  put.mockResolvedValue(server("<p>Hello</p>", T2));
  const keeper = make();
  keeper.arrived(null);
  keeper.change({ html: "<p>Hell</p>" });
  keeper.change({ html: "<p>Hello</p>" });
  expect(local?.text.html).toBe("<p>Hello</p>");
  expect(keeper.get().saved).toBe("kept");
  expect(put).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(800);
  expect(put).toHaveBeenCalledOnce();
  expect(put.mock.calls[0]?.[0]).toMatchObject({ html: "<p>Hello</p>", expected_updated_at: null });
  expect(keeper.get().saved).toBe("saved");
  expect(local).toBeNull();
});

it("keeps the text here while the server cannot be reached, and tries again", async () => {
  put.mockRejectedValueOnce(new ApiError(0, "unreachable", "Not there."));
  put.mockResolvedValue(server("<p>a</p>", T2));
  const keeper = make();
  keeper.arrived(undefined);
  keeper.change({ html: "<p>a</p>" });
  await vi.advanceTimersByTimeAsync(800);
  expect(keeper.get().saved).toBe("kept");
  expect(local?.text.html).toBe("<p>a</p>");
  await vi.advanceTimersByTimeAsync(15_000);
  expect(keeper.get().saved).toBe("saved");
});

it("begins with what this browser kept, which survives a reload", () => {
  local = { text: text("<p>typed</p>"), base: null, isDirty: true, at: Date.parse(T2) };
  const keeper = make();
  expect(keeper.get().text.html).toBe("<p>typed</p>");
  keeper.arrived(null);
  expect(keeper.get().text.html).toBe("<p>typed</p>");
});

it("shows the other text where both were written, and loses neither", async () => {
  put.mockRejectedValueOnce(new ApiError(412, "precondition_failed", "Elsewhere."));
  get.mockResolvedValue(server("<p>other tab</p>", T2));
  const keeper = make();
  keeper.arrived(null);
  keeper.change({ html: "<p>this tab</p>" });
  await vi.advanceTimersByTimeAsync(800);
  expect(keeper.get().text.html).toBe("<p>this tab</p>");
  expect(keeper.get().other?.text.html).toBe("<p>other tab</p>");
  put.mockResolvedValue(server("<p>this tab</p>", T2));
  keeper.choose("this");
  await vi.advanceTimersByTimeAsync(10);
  expect(put.mock.lastCall?.[0]).toMatchObject({ expected_updated_at: T2 });
  expect(keeper.get()).toMatchObject({ saved: "saved", other: null });
});

it("does not keep a draft that nobody touched", async () => {
  const keeper = make();
  keeper.arrived(null);
  keeper.replace({ html: "<p>draft</p>", draftAt: T1, draftHtml: "<p>draft</p>" });
  await keeper.flush();
  expect(put).not.toHaveBeenCalled();
  expect(local).toBeNull();
});

it("forgets everything once it is sent", async () => {
  put.mockResolvedValue(server("<p>a</p>", T2));
  const keeper = make();
  keeper.arrived(null);
  keeper.change({ html: "<p>a</p>" });
  keeper.sent(keeper.get().text);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(put).not.toHaveBeenCalled();
  expect(local).toBeNull();
  expect(keeper.get().text).toBe(EMPTY);
});

it("takes what was put back after undo, with its problem", () => {
  const keeper = make();
  keeper.arrived(null);
  keeper.arrived({ ...server("<p>back</p>", T2), problem: "Somebody was faster." });
  expect(keeper.get()).toMatchObject({
    text: { html: "<p>back</p>" },
    problem: "Somebody was faster.",
  });
});

it("saves the rest without a file that the server has no longer", async () => {
  const issue = "attachments.0.file_id: there is no such outgoing file in this workspace";
  put.mockRejectedValueOnce(new ApiError(400, "validation_failed", "No.", [issue]));
  put.mockResolvedValue(server("<p>a</p>", T2));
  const keeper = make();
  keeper.arrived(null);
  const file = { Name: "a", ContentType: "a/b", file_id: "x", ContentLength: 1 };
  keeper.change({ html: "<p>a</p>", files: [file] });
  await vi.advanceTimersByTimeAsync(1_600);
  expect(put.mock.lastCall?.[0]).toMatchObject({ html: "<p>a</p>", attachments: [] });
  expect(keeper.get()).toMatchObject({ saved: "saved", text: { files: [{ isGone: true }] } });
});

it("counts the newer of two texts", () => {
  const mine = (at: string): LocalCopy => ({
    text: text("<p>mine</p>"),
    base: null,
    isDirty: true,
    at: Date.parse(at),
  });
  expect(decideText(mine(T2), server("<p>x</p>", T1))).toMatchObject({ use: "mine", other: true });
  expect(decideText(mine(T1), server("<p>x</p>", T2))).toMatchObject({
    use: "server",
    other: true,
  });
  expect(decideText(mine(T1), server("<p>mine</p>", T2))).toMatchObject({ other: false });
  expect(decideText({ ...mine(T1), isDirty: false }, null).use).toBe("server");
});

it("reads whatever a browser kept", () => {
  expect(readCopy("{")).toBeNull();
  expect(readCopy('{"text": 1}')).toBeNull();
  expect(readCopy('{"text": {"html": 5, "cc": "x", "files": [null]}, "at": "now"}')).toMatchObject({
    text: { html: "", cc: [], files: [] },
    at: 0,
    isDirty: false,
  });
});
