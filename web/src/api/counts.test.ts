import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { staleCounts } from "./counts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("asks for counts once for many changes, and at most once a second", () => {
  const client = new QueryClient();
  const asked = vi.spyOn(client, "invalidateQueries");
  for (let n = 0; n < 5; n += 1) staleCounts(client);
  expect(asked).not.toHaveBeenCalled();
  vi.advanceTimersByTime(250);
  expect(asked).toHaveBeenCalledTimes(1);
  // What changes right after is not forgotten.
  staleCounts(client);
  staleCounts(client);
  vi.advanceTimersByTime(900);
  expect(asked).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  expect(asked).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5_000);
  expect(asked).toHaveBeenCalledTimes(2);
});
