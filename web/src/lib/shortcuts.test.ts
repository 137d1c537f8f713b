import { describe, expect, it, vi } from "vitest";
import { keysOf, pressOf, readRemapped } from "./shortcuts";

const pressed = (key: string, more: KeyboardEventInit = {}) =>
  pressOf(new KeyboardEvent("keydown", { key, ...more }));

describe("pressOf", () => {
  it("takes what a sign needs a third level for as that sign", () => {
    // On a German keyboard: Windows says Ctrl and Alt with AltGr, Linux AltGr alone.
    expect(pressed("[", { code: "Digit8", modifierAltGraph: true })).toBe("[");
    expect(
      pressed("[", { code: "Digit8", modifierAltGraph: true, ctrlKey: true, altKey: true }),
    ).toBe("[");
    // A Mac says Option.
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue("Mac OS X");
    expect(pressed("[", { code: "Digit5", altKey: true })).toBe("[");
  });

  it("takes no letter that comes by Alt, nor what menus are opened by", () => {
    expect(pressed("j", { altKey: true })).toBeNull();
    expect(pressed("[", { altKey: true, ctrlKey: true })).toBeNull();
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue("Mac OS X");
    expect(pressed("“", { code: "BracketLeft", altKey: true })).toBeNull();
  });

  it("takes the letter of the layout, and on others than Latin that of the place", () => {
    expect(pressed("z", { code: "KeyY" })).toBe("z");
    expect(pressed("о", { code: "KeyJ" })).toBe("j");
  });

  it("takes nothing of what an input method is putting together", () => {
    // Safari ends a composition before it tells of the Enter that ended it.
    expect(pressed("Enter", { keyCode: 229 })).toBeNull();
  });
});

describe("readRemapped", () => {
  it("makes the best of what anybody may have stored", () => {
    for (const stored of ["", "[]", "null", "7", '{"keys":null}', '{"keys":[]}', "{"]) {
      expect(keysOf("next", readRemapped(stored)), stored).toEqual(["j"]);
    }
    expect(keysOf("next", readRemapped('{"keys":{"next":7,"open":"x"}}'))).toEqual(["j"]);
    expect(keysOf("next", readRemapped('{"keys":{"next":["n"]}}'))).toEqual(["n"]);
  });
});
