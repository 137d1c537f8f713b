import { describe, expect, it } from "vitest";
import type { FeedEvent, Thread } from "@/api/types";
import { mineWords, valueWords, whoChanged } from "./conflict-words";

const ada = { id: "a", name: "Ada", email: "ada@firm.example", image_url: null };

describe("what two changes say", () => {
  it("is in words", () => {
    expect(valueWords({ assignee: ada }, "assignee_id")).toBe("Ada");
    expect(valueWords({ assignee: null }, "assignee_id")).toBe("Nobody");
    expect(valueWords({ company: null }, "company_id")).toBe("No company");
    expect(valueWords({ tags: [] }, "tag_ids")).toBe("No tags");
    expect(valueWords({ pain_level: "HIGH" }, "pain_level")).toBe("High");
  });

  it("comes from what was shown where the patch has only ids", () => {
    const tags = [{ name: "Bug" }, { name: "Billing" }] as Thread["tags"];
    const write = { id: "t", patch: { tag_ids: ["1", "2"] }, shown: { tags }, label: "" };
    expect(mineWords(write, "tag_ids")).toBe("Bug, Billing");
    expect(mineWords({ id: "t", patch: { assignee_id: null }, label: "" }, "assignee_id")).toBe(
      "Nobody",
    );
    expect(mineWords({ id: "t", patch: { title: "New" }, label: "" }, "title")).toBe("New");
  });
});

describe("who changed it", () => {
  const event = (member_id: string | null, type: FeedEvent["actor"]["type"], after: object) => ({
    actor: { type, key_id: null, member_id, rule: null },
    after: after as Record<string, unknown>,
    created_at: "2026-01-01T00:00:00Z",
  });
  const names = (id: string) => (id === "a" ? "Ada" : null);

  it("is the last that wrote the field", () => {
    const events = [
      event("b", "person", { title: "x" }),
      event("a", "person", { assignee_id: null }),
      event("c", "person", { assignee_id: "c" }),
    ];
    expect(whoChanged(events, ["assignee_id"], names).name).toBe("Ada");
  });

  it("may be a program, a rule, or nobody that is known", () => {
    expect(whoChanged([event(null, "program", { title: "" })], ["title"], names).name).toBe(
      "A program",
    );
    expect(whoChanged([event(null, "rule", { title: "" })], ["title"], names).name).toBe("A rule");
    expect(whoChanged([event("gone", "person", { title: "" })], ["title"], names).name).toBe(
      "Somebody else",
    );
    expect(whoChanged([], ["title"], names)).toEqual({ name: "Somebody else", at: null });
  });
});
