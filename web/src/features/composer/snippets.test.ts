import { expect, it } from "vitest";
import { fillIn, findByWords, unfilled, valuesOf } from "./snippets";

const values = valuesOf(
  { name: "Grace Hopper", email: "grace@navy.example" },
  { name: "Navy & Co" },
  { name: "Ada Lovelace" },
);

it("fills in what is known, and takes no name for HTML", () => {
  expect(fillIn("<p>Hi {{first_name}} of {{ Company }}, {{agent.name}}</p>", values)).toBe(
    "<p>Hi Grace of Navy &#38; Co, Ada Lovelace</p>",
  );
});

it("leaves what is not known, and says so", () => {
  const html = fillIn(
    "<p>{{order}} {{first_name}} {{order}}</p>",
    valuesOf(null, null, { name: null }),
  );
  expect(unfilled(html)).toEqual(["{{order}}", "{{first_name}}"]);
});

it("finds by the beginning first, whatever accents and capitals", () => {
  const titles = ["Ask for a résumé", "Refund", "How to get a refund", "Other"];
  expect(findByWords(titles, "ref", (title) => title)).toEqual(["Refund", "How to get a refund"]);
  expect(findByWords(titles, "resume", (title) => title)).toEqual(["Ask for a résumé"]);
  expect(findByWords(titles, "get ref", (title) => title)).toEqual(["How to get a refund"]);
  expect(findByWords(titles, "", (title) => title)).toHaveLength(4);
});
