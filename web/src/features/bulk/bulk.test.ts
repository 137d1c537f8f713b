import { expect, it } from "vitest";
import { countInRefusal, portions } from "@/api/bulk";
import type { Tag, Thread } from "@/api/types";
import { changesOf, threads } from "./bulk-words";

const tag = (name: string): Tag => ({ id: name, name }) as Tag;
const thread = (more: Partial<Thread>): Thread =>
  ({
    status: "open",
    snoozed_until: null,
    assignee: null,
    pain_level: "LOW",
    tags: [],
    ...more,
  }) as unknown as Thread;

it("says what becomes of a thread", () => {
  const now = new Date();
  const before = thread({ tags: [tag("Billing")] });
  const after = thread({
    status: "done",
    pain_level: "HIGH",
    tags: [tag("Export")],
    assignee: { id: "m", name: "Ada", email: "ada@firm.example", image_url: null },
  });
  expect(changesOf(before, after, now)).toEqual([
    "open → done",
    "nobody → Ada",
    "pain low → high",
    "+ Export",
    "− Billing",
  ]);
  expect(changesOf(undefined, after, now)).toEqual([]);
});

it("reads how many threads there are in the refusal of another number", () => {
  expect(countInRefusal("The filter matches 12 threads, not 0; nothing was done.")).toBe(12);
  expect(countInRefusal("Something else.")).toBeNull();
});

it("sends as many at once as are taken", () => {
  expect(portions([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(threads(1)).toBe("1 thread");
  expect(threads(1200)).toBe("1,200 threads");
});
