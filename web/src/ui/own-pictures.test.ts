import { expect, it } from "vitest";
import { isOwnPicture } from "./own-pictures";

it("shows pictures of this site alone", () => {
  expect(isOwnPicture("/files/a/ada.png")).toBe(true);
  expect(isOwnPicture(`${location.origin}/ada.png`)).toBe(true);
  expect(isOwnPicture("data:image/png;base64,AA==")).toBe(true);
  expect(isOwnPicture("https://elsewhere.example/ada.png")).toBe(false);
  expect(isOwnPicture("//elsewhere.example/ada.png")).toBe(false);
  expect(isOwnPicture("data:text/html,x")).toBe(false);
  expect(isOwnPicture("http://[")).toBe(false);
});
