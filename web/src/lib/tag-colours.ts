import { inkOn, parseHex } from "./contrast";

// The sixteen names that HTML has had from the start; the others are rare, and read by the canvas.
const NAMED: Readonly<Record<string, string>> = {
  black: "#000000",
  silver: "#c0c0c0",
  gray: "#808080",
  grey: "#808080",
  white: "#ffffff",
  maroon: "#800000",
  red: "#ff0000",
  purple: "#800080",
  fuchsia: "#ff00ff",
  green: "#008000",
  lime: "#00ff00",
  olive: "#808000",
  yellow: "#ffff00",
  navy: "#000080",
  blue: "#0000ff",
  teal: "#008080",
  aqua: "#00ffff",
  orange: "#ffa500",
};

/** Asks the browser what a name of a colour means; null where it knows none. */
function readByBrowser(name: string): string | null {
  if (!/^[a-z]{3,30}$/i.test(name) || typeof CanvasRenderingContext2D === "undefined") return null;
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return null;
  context.fillStyle = "#010203";
  context.fillStyle = name;
  const read = context.fillStyle;
  return read === "#010203" ? null : read;
}

const known = new Map<string, string | null>();

function hexOf(colour: string): string | null {
  // What shines through is taken for solid: the ink is chosen by the colour alone.
  const text = colour
    .trim()
    .toLowerCase()
    .replace(/^#([0-9a-f]{3})[0-9a-f]$/, "#$1")
    .replace(/^#([0-9a-f]{6})[0-9a-f]{2}$/, "#$1");
  if (parseHex(text)) return text;
  const named = NAMED[text];
  if (named !== undefined) return named;
  if (!known.has(text)) known.set(text, readByBrowser(text));
  return known.get(text) ?? null;
}

/** The colour of a tag with an ink that is read on it; null where it is no colour. */
export function tagColours(colour: string): { background: string; color: string } | null {
  const hex = hexOf(colour);
  return hex === null ? null : { background: hex, color: inkOn(hex) };
}
