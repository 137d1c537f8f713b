import type { Route } from "@playwright/test";
import type { Thread } from "./api";
import { expect, test } from "./fixtures";
import { tagged, thread } from "./journey";
import { SELECTORS } from "./selectors";

test("fifty at once, of which one is refused, and one undo for all", async ({
  api,
  guards,
  page,
}) => {
  guards.allow(/404/);
  const made: Thread[] = [];
  while (made.length < 50) made.push(await api.createThread());
  const tag = await tagged(
    api,
    made.map(({ id }) => id),
  );
  await page.goto(`/inbox/open?tag=${tag}`);
  await expect(page.locator(SELECTORS.row).first()).toBeVisible();
  // Without a key, and with no row highlighted, as on a phone.
  await page.getByRole("button", { name: "How the list is shown" }).click();
  await page.getByRole("menuitem", { name: "Select threads" }).click();
  await expect(page.getByText("1 thread selected")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("1 thread selected")).toHaveCount(0);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("End");
  await page.keyboard.press("Shift+x");
  await expect(page.getByText("50 threads selected")).toBeVisible();
  // Deleted by somebody else, of which this page does not hear in time.
  const gone = made[25]?.id ?? "";
  const onBulk = async (route: Route): Promise<void> => {
    await api.delete(`/threads/${gone}`);
    await route.continue();
  };
  await page.route("**/api/v2/threads/bulk*", onBulk, { times: 1 });

  await page.keyboard.press("3");
  const dialog = page.getByRole("dialog", { name: "Set pain to high" });
  await expect(dialog.getByText("1 thread would be refused")).toBeVisible();
  await expect(dialog.getByText("49 threads will change")).toBeVisible();
  await expect(dialog.getByText("pain low → high").first()).toBeVisible();
  const go = dialog.getByRole("button", { name: "Set pain to high: 49 threads" });
  await expect(go).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog.getByText(/49 threads changed\./)).toBeVisible();
  await expect(dialog.getByText("1 thread failed")).toBeVisible();
  const levels = async (): Promise<string[]> => {
    const path = `/threads?tab=open&tag_id=${tag}&limit=100`;
    const { data } = await api.get<{ data: { pain_level: string }[] }>(path);
    return [...new Set(data.map(({ pain_level }) => pain_level))];
  };
  expect(await levels()).toEqual(["HIGH"]);

  await dialog.getByRole("button", { name: "Undo what was done" }).click();
  await expect(dialog).toHaveCount(0);
  await expect.poll(levels).toEqual(["LOW"]);
  await expect(page.locator(SELECTORS.row).first()).not.toContainText("High");
  expect((await thread(api, made[0]?.id ?? "")).pain_level).toBe("LOW");
});
