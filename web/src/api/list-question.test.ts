import { expect, it } from "vitest";
import { asOneFilter, listQuestion, threadQuery } from "./list-question";
import type { View } from "./types";

const view = {
  id: "v1",
  sort: "pain",
  filters: { status: ["open"], tag_id: ["a"], unassigned: null },
} as unknown as View;

it("asks for a tab by last activity, and for a view as it is saved", () => {
  expect(threadQuery("open", { tag: ["a"] })).toEqual({
    tab: "open",
    sort: "last_activity",
    tag_id: ["a"],
  });
  expect(threadQuery("v1", { sort: "revenue" })).toEqual({ view: "v1", sort: "revenue" });
  expect(threadQuery("new", { assignee: ["none"] })).toMatchObject({ unassigned: true });
});

it("is one filter where no two are about the same", () => {
  const question = listQuestion("v1", { tier: ["x"] }, [view]);
  expect(question?.sort).toBe("pain");
  expect(question && asOneFilter(question)).toEqual({
    status: ["open"],
    tag_id: ["a"],
    company_tier: ["x"],
  });
  const twice = listQuestion("v1", { tag: ["b"] }, [view]);
  expect(twice && asOneFilter(twice)).toBeNull();
  expect(listQuestion("v2", {}, [view])).toBeNull();
});
