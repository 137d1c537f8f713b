import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import type { OutgoingFile, UploadOptions } from "@/api/outgoing-files";
import type { Attached } from "./attachments";
import { Uploads } from "./uploads";

interface Call {
  name: string;
  options: UploadOptions;
  resolve: (file: OutgoingFile) => void;
  reject: (error: Error) => void;
}

let calls: Call[] = [];
const upload = (_file: File, name: string, options: UploadOptions) =>
  new Promise<OutgoingFile>((resolve, reject) => {
    calls.push({ name, options, resolve, reject });
  });
const picked = (name: string) => new File(["12345"], name, { type: "text/plain" });
const stored = (name: string): OutgoingFile => ({
  id: `id of ${name}`,
  name,
  content_type: "text/plain",
  size: 5,
  created_at: "2026-03-01T09:00:00.000Z",
});
const settle = () => vi.advanceTimersByTimeAsync(0);
const unreachable = () => new ApiError(0, "unreachable", "The server cannot be reached.");

beforeEach(() => {
  calls = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("uploads two at once, tells how far they are, and hands over what is there", async () => {
  const uploads = new Uploads(upload);
  const attached: Attached[] = [];
  uploads.connect((files) => attached.push(...files));
  for (const name of ["a", "b", "c"]) uploads.add(picked(name), name === "a" ? "cid" : null);
  expect(calls.map((call) => call.name)).toEqual(["a", "b"]);
  calls[0]?.options.onProgress(3);
  expect(uploads.get()[0]).toMatchObject({ sent: 3, size: 5, problem: null });
  calls[0]?.resolve(stored("a"));
  await settle();
  expect(attached).toEqual([
    {
      Name: "a",
      ContentType: "text/plain",
      file_id: "id of a",
      ContentLength: 5,
      ContentID: "cid",
    },
  ]);
  expect(calls.map((call) => call.name)).toEqual(["a", "b", "c"]);
  expect(uploads.get().map((one) => one.name)).toEqual(["b", "c"]);
});

it("keeps what came while another thread was open", async () => {
  const uploads = new Uploads(upload);
  const leave = uploads.connect(() => undefined);
  uploads.add(picked("a"), null);
  leave();
  calls[0]?.resolve(stored("a"));
  await settle();
  const attached: Attached[] = [];
  uploads.connect((files) => attached.push(...files));
  expect(attached.map((file) => file.file_id)).toEqual(["id of a"]);
  uploads.connect((files) => attached.push(...files));
  expect(attached).toHaveLength(1);
});

it("tries again by itself where that may help, and else says why not", async () => {
  const uploads = new Uploads(upload);
  uploads.add(picked("a"), null);
  for (const wait of [2_000, 8_000]) {
    calls.at(-1)?.reject(unreachable());
    await settle();
    expect(uploads.get()[0]?.problem).toBeNull();
    await vi.advanceTimersByTimeAsync(wait);
  }
  expect(calls).toHaveLength(3);
  calls.at(-1)?.reject(unreachable());
  await settle();
  expect(uploads.get()[0]?.problem).toBe("The server cannot be reached.");
  uploads.retry(uploads.get()[0]?.id ?? "");
  expect(calls).toHaveLength(4);
  calls.at(-1)?.reject(new ApiError(413, "payload_too_large", "Too large."));
  await settle();
  expect(calls).toHaveLength(4);
  expect(uploads.get()[0]?.problem).toBe("Too large.");
});

it("stops what is removed, and goes on with the next", async () => {
  const uploads = new Uploads(upload);
  const attach = vi.fn();
  uploads.connect(attach);
  for (const name of ["a", "b", "c"]) uploads.add(picked(name), null);
  uploads.remove(uploads.get()[0]?.id ?? "");
  expect(calls[0]?.options.signal.aborted).toBe(true);
  expect(calls.map((call) => call.name)).toEqual(["a", "b", "c"]);
  calls[0]?.reject(new DOMException("Removed.", "AbortError"));
  await settle();
  expect(uploads.get().map((one) => [one.name, one.problem])).toEqual([
    ["b", null],
    ["c", null],
  ]);
  expect(attach).not.toHaveBeenCalled();
});
