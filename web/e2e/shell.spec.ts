import { fakeServer } from "./fake";
import { expect, test } from "./fixtures";

test("the shell opens a view, a thread, and its way back", async ({ page }) => {
  await fakeServer(page);
  await page.goto("/");
  await expect(page).toHaveURL(/\/inbox\/needs-response/);
  await page.getByRole("row", { name: /row 500,/ }).click();
  await expect(page).toHaveURL(/\/inbox\/needs-response\/t1/);
  await expect(page.getByRole("main").getByRole("heading")).toContainText("row 500");
  await page.keyboard.press("u");
  await expect(page).toHaveURL(/\/inbox\/needs-response$/);
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(page).toHaveURL(/\/inbox\/done/);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
});

test("who is not signed in is asked to, and comes back", async ({ page }) => {
  await fakeServer(page, { isSignedIn: false });
  await page.goto("/inbox/open");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Finbox%2Fopen/);
  await expect(page.getByLabel("Email")).toBeVisible();
});

for (const scheme of ["light", "dark"] as const) {
  for (const width of [1440, 1024, 390]) {
    test(`looks right at ${width}, ${scheme}`, async ({ page }, info) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      await fakeServer(page);
      await page.goto("/inbox/needs-response/t1");
      await expect(page.getByRole("main").getByRole("heading")).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await expect(page.getByText("Press R to reply")).toBeVisible();
      await page.screenshot({ path: info.outputPath(`thread-${width}-${scheme}.png`) });
    });
  }
}
