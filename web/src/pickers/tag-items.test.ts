import { expect, it } from "vitest";
import type { Tag, TagGroup } from "@/api/types";
import { itemsOf } from "./tag-items";

const tag = (name: string, tag_group_id: string | null): Tag =>
  ({ id: name, name, tag_group_id, color: "#000000", icon: "Bug" }) as Tag;

it("puts tags by group and name, with numbers as numbers", () => {
  const groups = [
    { id: "two", name: "Wishes" },
    { id: "one", name: "Kinds" },
  ] as TagGroup[];
  const tags = [tag("Tag 10", "one"), tag("Praise", "two"), tag("Tag 9", "one"), tag("Odd", null)];
  expect(itemsOf(tags, groups).map(({ group, label }) => `${group}: ${label}`)).toEqual([
    "Kinds: Tag 9",
    "Kinds: Tag 10",
    "Other: Odd",
    "Wishes: Praise",
  ]);
});
