import { expect, it } from "vitest";
import type { HeldOut } from "@/api/held";
import type { Message } from "@/api/types";
import { sendingIn } from "./sending";

const held = (id: string, thread_id: string, due_at: string) =>
  ({ id, thread_id, due_at }) as HeldOut;
const said = (user_id: string, created_at: string) =>
  ({ user_id, created_at, direction: "outbound" }) as Message;

it("shows what is about to leave in this thread, and not twice what has left", () => {
  const all = [
    held("a", "here", "2026-01-01T10:00:10.000Z"),
    held("b", "elsewhere", "2026-01-01T10:00:10.000Z"),
  ];
  const ids = (messages: Message[]) => sendingIn("here", all, messages, "me").map(({ id }) => id);
  expect(ids([])).toEqual(["a"]);
  expect(ids([said("me", "2026-01-01T10:00:05.000Z")])).toEqual(["a"]);
  expect(ids([said("you", "2026-01-01T10:00:11.000Z")])).toEqual(["a"]);
  expect(ids([said("me", "2026-01-01T10:00:10.400Z")])).toEqual([]);
});
