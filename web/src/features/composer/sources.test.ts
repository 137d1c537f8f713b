import { expect, it } from "vitest";
import { readSources } from "./sources";

it("reads what is well formed", () => {
  expect(
    readSources([{ type: "article", title: "Exports", url: "https://docs.firm.example/exports" }]),
  ).toEqual([
    {
      type: "article",
      title: "Exports",
      identifier: null,
      url: "https://docs.firm.example/exports",
      isRefused: false,
    },
  ]);
});

it.each([
  "javascript:alert(1)",
  " JaVaScRiPt:alert(1)",
  "data:text/html,<script>1</script>",
  "vbscript:x",
  "file:///etc/passwd",
  "//evil.example",
  "/api/app/session",
  "https://good.example@evil.example/",
  "blob:https://a.example/1",
])("does not follow %s", (url) => {
  expect(readSources([{ type: "a", title: "b", url }])).toMatchObject([
    { url: null, isRefused: true },
  ]);
});

it("makes nothing of what is no source", () => {
  expect(readSources([null, "text", 1, [], { title: "" }])).toMatchObject([
    { title: "source" },
    { title: "source" },
  ]);
  expect(readSources(null)).toEqual([]);
});
