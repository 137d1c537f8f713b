import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useSettled } from "./settled";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("gives what stayed, and never what was passed", () => {
  const seen: string[] = [];
  const { rerender, result } = renderHook(
    ({ value }) => {
      const settled = useSettled(value, 120);
      seen.push(settled);
      return settled;
    },
    { initialProps: { value: "first" } },
  );
  expect(result.current).toBe("first");
  rerender({ value: "passed" });
  act(() => void vi.advanceTimersByTime(100));
  rerender({ value: "stayed" });
  act(() => void vi.advanceTimersByTime(100));
  expect(result.current).toBe("first");
  act(() => void vi.advanceTimersByTime(20));
  expect(result.current).toBe("stayed");
  expect(seen).not.toContain("passed");
});
