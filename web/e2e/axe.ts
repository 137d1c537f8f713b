import { expect, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

declare global {
  interface Window {
    axe: typeof axe;
  }
}

// What axe says of colours. The other theme changes them and nothing else.
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/**
 * Fails on whatever axe finds on the page as it is now, or finds of its colours alone; mails in
 * their frames are not ours.
 */
export async function expectNoAxeViolations(
  page: Page,
  { coloursAlone = false }: { coloursAlone?: boolean } = {},
): Promise<void> {
  // As text by the debugger: the policy of the page lets no script in that it does not serve.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  const violations = await page.evaluate(
    async (rules) => {
      const found = await window.axe.run(document, {
        iframes: false,
        resultTypes: ["violations"],
        ...(rules ? { runOnly: rules } : {}),
      });
      // A menu belongs to what opened it, wherever it stands in the document.
      const isInMenu = (target: unknown): boolean =>
        typeof target === "string" &&
        document.querySelector(target)?.closest("[data-radix-popper-content-wrapper]") != null;
      return found.violations
        .map(({ id, help, nodes }) => ({
          rule: `${id}: ${help}`,
          nodes: nodes
            .filter(({ target }) => id !== "region" || !isInMenu(target[0]))
            .map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`),
        }))
        .filter(({ nodes }) => nodes.length > 0);
    },
    coloursAlone ? OF_COLOURS : null,
  );
  expect(violations).toEqual([]);
}
