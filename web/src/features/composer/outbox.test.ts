import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import { holdMessage } from "@/api/held";
import { type Outgoing, allOutgoing, keepOutgoing, readOutgoing } from "./outbox";
import { sendKept } from "./send-kept";
import { resend } from "./use-resend";

vi.mock("@/api/held", async (original) => ({
  ...(await original<object>()),
  holdMessage: vi.fn(),
}));
const hold = vi.mocked(holdMessage);
const client = new QueryClient();
const reply = (content: string): Outgoing => ({
  mode: "reply",
  threadId: "t1",
  body: { thread_id: "t1", content },
});
const refused = new ApiError(412, "precondition_failed", "Somebody answered.");
const unreachable = new ApiError(0, "unreachable", "Nobody there.");
const held = { id: "h1", thread_id: "t1", state: "held" } as Awaited<
  ReturnType<typeof holdMessage>
>;

beforeEach(() => {
  localStorage.clear();
  hold.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
});

it("keeps what is sent from before it is asked for until it is answered", async () => {
  hold.mockImplementation(() => {
    expect(allOutgoing("me")).toHaveLength(1);
    return Promise.resolve(held);
  });
  const prepare = () => {
    expect(allOutgoing("me").map(({ body }) => body.content)).toEqual(["<p>a</p>"]);
    return Promise.resolve();
  };
  await sendKept(client, "me", reply("<p>a</p>"), prepare);
  expect(hold).toHaveBeenCalledOnce();
  expect(allOutgoing("me")).toEqual([]);
});

it("sends at once where the page is left while it prepares, by the same key", async () => {
  hold.mockResolvedValue(held);
  let go = (): void => undefined;
  const sent = sendKept(client, "me", reply("<p>a</p>"), () => new Promise((done) => (go = done)));
  window.dispatchEvent(new Event("pagehide"));
  expect(hold).toHaveBeenCalledOnce();
  go();
  await sent;
  expect(hold.mock.calls[1]?.[2]).toBe(hold.mock.calls[0]?.[2]);
});

it("is not sent again by itself once it was refused, or the page says that it was not", async () => {
  vi.useFakeTimers();
  for (const error of [refused, unreachable]) {
    hold.mockRejectedValue(error);
    const refusal = expect(sendKept(client, "me", reply("<p>a</p>"))).rejects.toBe(error);
    await vi.runAllTimersAsync();
    await refusal;
    expect(allOutgoing("me")).toEqual([]);
  }
  expect(hold).toHaveBeenCalledTimes(1 + 3);
});

it("asks once more where the answer was lost, as it may have been taken", async () => {
  vi.useFakeTimers();
  hold.mockRejectedValueOnce(unreachable).mockResolvedValue(held);
  const sent = expect(sendKept(client, "me", reply("<p>a</p>"))).resolves.toBe(held);
  await vi.runAllTimersAsync();
  await sent;
  expect(hold.mock.calls[1]?.[2]).toBe(hold.mock.calls[0]?.[2]);
});

it("does not keep anybody waiting for what has no network", async () => {
  vi.stubGlobal("navigator", { onLine: false });
  hold.mockRejectedValueOnce(unreachable);
  await expect(sendKept(client, "me", reply("<p>a</p>"))).rejects.toBe(unreachable);
});

it("has the same key where no answer came, and another for other words", async () => {
  const broken = new ApiError(500, "internal_error", "It broke.");
  hold.mockRejectedValueOnce(broken).mockResolvedValue(held);
  await expect(sendKept(client, "me", reply("<p>a</p>"))).rejects.toBe(broken);
  await sendKept(client, "me", reply("<p>a</p>"));
  await sendKept(client, "me", reply("<p>b</p>"));
  const keys = hold.mock.calls.map(([, , key]) => key);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

it("is sent by the next page, and its text is kept nowhere any more", async () => {
  const kept = keepOutgoing("me", reply("<p>a</p>"));
  const text = { html: "<p>a</p>", cc: [], bcc: [], files: [] };
  const copy = JSON.stringify({ text, base: null, isDirty: true, at: 1 });
  localStorage.setItem("looplane.unsent.me.t1.reply", copy);
  hold.mockRejectedValueOnce(unreachable);
  expect(await resend(client, "me", kept)).toBe("later");
  expect(localStorage.getItem("looplane.unsent.me.t1.reply")).toBe(copy);
  hold.mockResolvedValueOnce(held);
  expect(await resend(client, "me", kept)).toBeNull();
  expect(hold.mock.calls[1]?.[2]).toBe(kept.key);
  expect(localStorage.getItem("looplane.unsent.me.t1.reply")).toBeNull();
  expect(allOutgoing("me")).toEqual([]);
});

it("says why the next page could not send it, and the text stays", async () => {
  const kept = keepOutgoing("me", reply("<p>a</p>"));
  const text = { html: "<p>a</p>", cc: [], bcc: [], files: [] };
  const copy = JSON.stringify({ text, base: null, isDirty: true, at: 1 });
  localStorage.setItem("looplane.unsent.me.t1.reply", copy);
  hold.mockRejectedValueOnce(refused);
  expect(await resend(client, "me", kept)).toBe("Somebody answered.");
  expect(localStorage.getItem("looplane.unsent.me.t1.reply")).toBe(copy);
  expect(allOutgoing("me")).toEqual([]);
});

it("takes nothing that it did not write", () => {
  for (const said of [null, "", "{", "[]", '{"mode":"reply","threadId":1}', '{"mode":"other"}']) {
    expect(readOutgoing(said)).toBeNull();
  }
});
