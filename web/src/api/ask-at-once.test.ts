import { QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { askAtOnce } from "./ask-at-once";

it("asks at once, and for all that follows within a second once more", () => {
  vi.useFakeTimers();
  const client = new QueryClient();
  const ask = vi.spyOn(client, "invalidateQueries").mockResolvedValue();
  askAtOnce(client, ["messages", "a"]);
  expect(ask).toHaveBeenCalledTimes(1);
  for (let n = 0; n < 100; n++) askAtOnce(client, ["messages", "a"]);
  vi.advanceTimersByTime(999);
  expect(ask).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(5_000);
  expect(ask).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
