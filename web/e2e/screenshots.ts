import { expect, type Page } from "@playwright/test";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../screenshots", import.meta.url));
const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];
const wanted = process.env["LOOPLANE_SCREENSHOTS"] === "1";

/**
 * Looks at the page in three widths: nothing may be wider than the window. With
 * LOOPLANE_SCREENSHOTS=1 pictures of each, light and dark, go to `web/screenshots`. What closes as
 * the window changes is looked at as wide as it is.
 */
export async function screenshots(
  page: Page,
  name: string,
  { isResized = true }: { isResized?: boolean } = {},
): Promise<void> {
  const before = page.viewportSize() ?? sizes[0];
  for (const size of isResized ? sizes : [before]) {
    if (!size) continue;
    if (isResized) await page.setViewportSize(size);
    await page.evaluate(() => new Promise(requestAnimationFrame));
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wide, `${name} is wider than a window of ${size.width}`).toBeLessThanOrEqual(0);
    if (wanted) await takeBoth(page, `${folder}/${name}-${size.width}`);
  }
  if (isResized && before) await page.setViewportSize(before);
}

async function takeBoth(page: Page, path: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${path}-${colorScheme}.png`, animations: "disabled" });
  }
  await page.emulateMedia({ colorScheme: null });
}
