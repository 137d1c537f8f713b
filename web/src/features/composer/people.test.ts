import { expect, it } from "vitest";
import { addPeople, isAddress, readPeople, readPerson, recipientOf } from "./people";

const contact = { email: "ada@firm.example", name: "Ada" } as never;

it("mails the contact, whose address stands on the button", () => {
  expect(recipientOf({ origin: "portal", contact, external_ids: {} })).toEqual({
    channel: "email",
    label: "ada@firm.example",
    problem: null,
  });
});

it("says why a thread without a contact cannot be answered by mail", () => {
  const { problem } = recipientOf({ origin: "email", contact: null, external_ids: {} });
  expect(problem).toMatch(/no contact/);
});

it("names the place of other channels", () => {
  const said = recipientOf({ origin: "slack_connect", contact, external_ids: {} });
  expect(said).toMatchObject({ channel: "slack", label: "Ada in Slack" });
});

it.each([
  ["ada@firm.example", true],
  ["a.b+c@x-y.firm.example", true],
  ["ada@firm", false],
  ["ada", false],
  ["ada@firm..example", false],
  ["ada@-firm.example", false],
  [".ada@firm.example", false],
])("%s is an address: %s", (text, is) => {
  expect(isAddress(text)).toBe(is);
});

it("reads names and addresses", () => {
  expect(readPerson('"Lovelace, Ada" <ada@firm.example>')).toEqual({
    name: "Lovelace, Ada",
    email: "ada@firm.example",
  });
  expect(readPeople("Ada <ada@firm.example>; grace@navy.example, nobody")).toEqual({
    people: [
      { name: "Ada", email: "ada@firm.example" },
      { name: "", email: "grace@navy.example" },
    ],
    rest: "nobody",
  });
  expect(readPeople("a@b.example c@d.example").people).toHaveLength(2);
});

it("counts an address once", () => {
  const one = { email: "Ada@firm.example", name: "" };
  expect(addPeople([one], [{ email: "ada@firm.example", name: "Ada" }])).toEqual([one]);
});
