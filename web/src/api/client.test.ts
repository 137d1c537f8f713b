import { afterEach, expect, it, vi } from "vitest";
import { timeNow } from "@/lib/clock";
import { send } from "./client";

afterEach(() => vi.unstubAllGlobals());

const HOUR = 3_600_000;
const ask = () => send(new Request("http://localhost/api/v2/tags"));
const answersAt = (at: number) =>
  vi.stubGlobal(
    "fetch",
    vi.fn(() =>
      Promise.resolve(new Response("[]", { headers: { Date: new Date(at).toUTCString() } })),
    ),
  );

it("goes by the time of the server where that of the device is off", async () => {
  answersAt(Date.now() - 4 * HOUR);
  await ask();
  expect(Math.abs(timeNow() - (Date.now() - 4 * HOUR))).toBeLessThan(2_000);
  answersAt(Date.now());
  await ask();
  expect(Math.abs(timeNow() - Date.now())).toBeLessThan(2_000);
});
