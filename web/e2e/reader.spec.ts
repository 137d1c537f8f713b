import { expect, test } from "./fixtures";

test("the reader of the API keeps a key for its tab, and what it offers works unchanged", async ({
  looplane,
  openAsNobody,
}) => {
  test.setTimeout(120_000); // it is a large page, and comes three times
  const page = await openAsNobody();
  await page.goto("/api/docs");
  const update = page.locator("#operations-threads-threads-update");
  await expect(update).toBeVisible();
  await expect(page.locator("#operations-tag-session")).toHaveCount(0);
  await page.getByRole("button", { name: "Authorize" }).click();
  await page.locator(".auth-container input").fill(looplane.greeting.key);
  await page.locator(".auth-btn-wrapper .authorize").click();

  await page.reload();
  await update.getByRole("button", { name: /PATCH/ }).click();
  await update.getByRole("button", { name: "Try it out" }).click();
  await update.locator(".execute").click();
  await expect(update.locator(".live-responses-table .response-col_status").last()).toHaveText(
    "200",
  );
  const icon = await page.locator("link[rel=icon]").getAttribute("href");
  expect((await page.request.get(icon ?? "")).ok()).toBe(true);

  const elsewhere = await page.context().newPage();
  await elsewhere.goto("/api/docs");
  await expect(elsewhere.locator("#operations-threads-threads-update")).toBeVisible();
  expect(await elsewhere.evaluate(() => sessionStorage.length)).toBe(0);
});
