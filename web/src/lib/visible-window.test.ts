import { expect, it, vi } from "vitest";
import { followVisibleWindow } from "./visible-window";

const covered = (): string[] =>
  ["top", "bottom"].map((end) =>
    document.documentElement.style.getPropertyValue(`--covered-${end}`),
  );

it("says what a keyboard covers, and nothing where somebody zooms", () => {
  const view = Object.assign(new EventTarget(), { scale: 1, height: 844, offsetTop: 0 });
  vi.stubGlobal("visualViewport", view);
  vi.stubGlobal("innerHeight", 844);
  followVisibleWindow();

  Object.assign(view, { height: 500 });
  view.dispatchEvent(new Event("resize"));
  expect(covered()).toEqual(["0px", "344px"]);

  Object.assign(view, { offsetTop: 100 });
  view.dispatchEvent(new Event("scroll"));
  expect(covered()).toEqual(["100px", "244px"]);

  Object.assign(view, { scale: 2, height: 422, offsetTop: 100 });
  view.dispatchEvent(new Event("resize"));
  expect(covered()).toEqual(["0px", "0px"]);
});
