import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TypeAhead } from "./type-ahead";

const inserted = vi.fn();
const typeAhead = new TypeAhead();
const press = (key: string, more: KeyboardEventInit = {}): boolean =>
  document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }),
  );
const heard = vi.fn();
const field = document.createElement("textarea");
const comes = async (): Promise<void> => {
  document.body.append(field);
  field.focus();
  await Promise.resolve();
};

beforeEach(() => {
  inserted.mockReset();
  heard.mockReset();
  Object.assign(document, {
    execCommand: (_command: string, _ui: boolean, text: string) => {
      inserted(text);
      return true;
    },
  });
  document.addEventListener("keydown", heard);
});
afterEach(() => {
  typeAhead.end();
  field.remove();
  document.removeEventListener("keydown", heard);
});

it("gives the field what was typed before it came, and nobody else", async () => {
  typeAhead.begin();
  for (const key of ["e", "x", "Backspace", "h"]) expect(press(key)).toBe(false);
  expect(heard).not.toHaveBeenCalled();
  await comes();
  expect(inserted.mock.calls).toEqual([["eh"]]);
  press("e");
  expect(heard).toHaveBeenCalledOnce();
});

it("ends with Escape and with a press elsewhere", async () => {
  typeAhead.begin();
  press("e");
  press("Escape");
  expect(heard).toHaveBeenCalledOnce();
  typeAhead.begin();
  press("e");
  document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
  await comes();
  expect(inserted).not.toHaveBeenCalled();
});

it("leaves keys with Ctrl to the browser, and to nothing of the page", () => {
  typeAhead.begin();
  expect(press("w", { ctrlKey: true })).toBe(true);
  expect(heard).not.toHaveBeenCalled();
});
