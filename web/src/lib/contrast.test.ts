import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contrast, inkOn } from "./contrast";

const css = readFileSync("src/tokens.css", "utf8");

function rolesOf(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("}", start));
  const pairs = [...block.matchAll(/--([\w-]+):\s*([^;]+);/g)];
  return new Map(pairs.map((pair) => [pair[1] ?? "", pair[2] ?? ""]));
}

const light = rolesOf(":root");
const dark = rolesOf(':root[data-theme="dark"]');
const system = rolesOf(':root:not([data-theme="light"])');

const surfaces = ["ground", "ground-sunk", "sheet", "sheet-hover", "sheet-selected"];
const text: [string, string][] = [
  ...surfaces.flatMap((on): [string, string][] => [
    ["ink", on],
    ["ink-quiet", on],
    ["accent-text", on],
    ["danger", on],
    ["warn", on],
    ["ok", on],
  ]),
  ["ink", "accent-soft"],
  ["accent-text", "accent-soft"],
  ["accent-ink", "accent"],
  ["accent-ink", "accent-hover"],
  ["danger", "danger-soft"],
  ["ink", "danger-soft"],
  ["warn", "warn-soft"],
  ["ink", "warn-soft"],
  ["ok", "ok-soft"],
  ["ink", "ok-soft"],
  ["note", "note-ground"],
  ["ink", "note-ground"],
  ["ink-quiet", "note-ground"],
  ["accent-text", "note-ground"],
];
const graphics: [string, string][] = [
  ...surfaces.flatMap((on): [string, string][] => [
    ["focus", on],
    ["accent", on],
    ["line-strong", on],
  ]),
  ["focus", "note-ground"],
];

describe.each([
  ["light", light],
  ["dark", dark],
])("%s", (_, roles) => {
  const ratio = ([one, other]: [string, string]): number =>
    contrast(roles.get(one) ?? "", roles.get(other) ?? "");

  it.each(text)("%s is read on %s", (one, other) => {
    expect(ratio([one, other])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(graphics)("%s is seen on %s", (one, other) => {
    expect(ratio([one, other])).toBeGreaterThanOrEqual(3);
  });
});

it("has the same dark roles for the system's choice and the person's", () => {
  expect(system).toEqual(dark);
});

it("chooses the ink that is read", () => {
  expect(inkOn("#ffe08a")).toBe("#000000");
  expect(inkOn("#123456")).toBe("#ffffff");
});
