import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { Avatar } from "./Avatar";

it.each([
  ["Ada Lovelace", "AL"],
  ["ada@example.com", "A"],
  ["\u202eAda \u200bLovelace", "AL"],
  ["🇩🇪 Otto", "🇩🇪O"],
  ["👩🏽‍💻", "👩🏽‍💻"],
  ["\u200b", "?"],
  ["", "?"],
])("%s has the initials %s", (name, initials) => {
  expect(render(<Avatar name={name} />).container.textContent).toBe(initials);
});
