import { expect, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Vector {
  name: string;
  html: string;
}

const file = fileURLToPath(new URL("../../tests/data/xss_vectors.json", import.meta.url));

/** HTML that tries to run something, as the tests of the cleaner know it. */
export const VECTORS = (JSON.parse(readFileSync(file, "utf8")) as Vector[])
  // What the API refuses gets nowhere.
  .filter(({ html }) => !html.includes("\0"));

/** The same in a few documents, each vector in an element of its own. */
export function documentsOf(count: number): string[] {
  return Array.from({ length: count }, (_, at) =>
    VECTORS.filter((_vector, index) => index % count === at)
      .map(({ html }) => `<div>${html}</div>`)
      .join("\n"),
  );
}

/** Texts that are dangerous where they are taken for something else than texts. */
export const TEXTS = [
  `"><img src=x onerror=alert(1)>`,
  "<script>alert(1)</script>",
  "javascript:alert(1)//https://a.example",
  `'-alert(1)-'"+alert(1)+"{{7*7}}\${7*7}`,
  "</style><svg/onload=alert(1)>",
  "__proto__",
  "constructor",
  "\u202Egnp.exe\u202C \u2066\u2067\u200F",
  "a\u0300\u0301\u0302\u0303".repeat(40),
  "\u{1F469}\u200D\u{1F469}\u200D\u{1F467}".repeat(25),
  "W".repeat(250),
] as const;

/** Notes what runs that should not: dialogs, windows. Call `check` at the end. */
export function watch(page: Page): { check: () => void } {
  const ran: string[] = [];
  page.on("dialog", (dialog) => {
    ran.push(`${dialog.type()}: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (popup) => ran.push(`a window: ${popup.url()}`));
  page.on("download", (download) => ran.push(`a download: ${download.url()}`));
  return { check: () => expect(ran).toEqual([]) };
}

/** What could run, on the page and in its mails: handlers, scripts, addresses that are programs. */
export async function expectNothingToRun(page: Page): Promise<void> {
  for (const frame of page.frames()) {
    const found = await frame.evaluate(() => {
      const runs = (element: Element): boolean =>
        [...element.attributes].some(
          ({ name, value }) =>
            /^on/i.test(name) ||
            (/^(href|src|action|formaction|data|xlink:href)$/i.test(name) &&
              /^\s*(javascript|vbscript|data:text)/i.test(value)),
        );
      const isProgram = (element: Element): boolean =>
        element.matches(
          "script:not([src]), object, embed, base[href], meta[http-equiv='refresh' i]",
        );
      return [...document.querySelectorAll("*")]
        .filter((element) => runs(element) || isProgram(element))
        .map((element) => element.outerHTML.slice(0, 200));
    });
    expect(found, frame.url()).toEqual([]);
  }
}

export async function expectNotTooWide(page: Page): Promise<void> {
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(wide, `${page.url()} is wider than its window`).toBeLessThanOrEqual(0);
}
