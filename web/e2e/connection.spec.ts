import { expect, test } from "./fixtures";
import { mailIn, openThread, replyOf, tagged, thread, writeReply } from "./journey";
import { rowOf } from "./selectors";

const live = /^Live\./;

test("without a network it is said, nothing is lost, and all is made up for", async ({
  api,
  page,
  receive,
}) => {
  const [open, other] = [await mailIn(receive), await mailIn(receive)];
  const tag = await tagged(api, [open.id, other.id]);
  await openThread(page, open.id, `?tag=${tag}`);
  await expect(page.getByRole("img", { name: live })).toBeVisible();

  await page.context().setOffline(true);
  await expect(page.getByText("You are offline.")).toBeVisible();
  await expect(page.getByRole("img", { name: /^Offline\./ })).toBeVisible();
  await page.keyboard.press("3");
  const side = page.getByRole("complementary", { name: "Details" });
  await expect(side).toContainText("High");
  await writeReply(page, "Written in a tunnel.");
  await expect(page.locator("[data-saved='kept']")).toBeVisible();
  await api.patch(`/threads/${other.id}`, { title: "Renamed meanwhile" });
  const late = await mailIn(receive, "Came meanwhile");
  await api.patch(`/threads/${late.id}`, { tag_ids: [tag] });

  await page.context().setOffline(false);
  await expect(page.getByRole("img", { name: live })).toBeVisible();
  await expect(page.getByText("You are offline.")).toHaveCount(0);
  await expect(page.locator(rowOf(other.id))).toContainText("Renamed meanwhile");
  await expect(page.locator(rowOf(late.id))).toBeVisible();
  await expect.poll(async () => (await thread(api, open.id)).pain_level).toBe("HIGH");
  await expect(replyOf(page)).toContainText("Written in a tunnel.");
  await expect(page.locator("[data-saved='saved']")).toBeVisible();
});

test("a server that went away and came back is made up for", async ({
  api,
  guards,
  looplane,
  page,
  receive,
}) => {
  test.setTimeout(120_000);
  guards.allow(/answered 50[234]/);
  const { id } = await mailIn(receive);
  const tag = await tagged(api, [id]);
  await openThread(page, id, `?tag=${tag}`);
  await expect(page.getByRole("img", { name: live })).toBeVisible();

  await looplane.halt();
  await expect(page.getByRole("img", { name: live })).toHaveCount(0);
  await page.keyboard.press("3");
  await writeReply(page, "Written to nobody.");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText(/Nothing says that it was sent\./)).toBeVisible();
  await expect(replyOf(page)).toContainText("Written to nobody.");

  await looplane.restart();
  await expect(page.getByRole("img", { name: live })).toBeVisible({ timeout: 30_000 });
  const unsaved = page.getByRole("group", { name: "Changes that are not saved" });
  await expect(async () => {
    if (await unsaved.isVisible()) await unsaved.getByRole("button", { name: "Try again" }).click();
    expect((await thread(api, id)).pain_level).toBe("HIGH");
  }).toPass({ timeout: 20_000 });
  await expect(replyOf(page)).toContainText("Written to nobody.");
  await api.patch(`/threads/${id}`, { title: "Heard again" });
  await expect(page.locator(rowOf(id))).toContainText("Heard again");
});

test("a server with another version is noticed, and parts that are gone are told of", async ({
  guards,
  page,
  receive,
}) => {
  guards.allow(/dynamically imported module|Unable to preload/);
  const { id } = await mailIn(receive);
  await page.route(/assets\/Help-/, (route) => route.fulfill({ status: 404 }));
  await openThread(page, id);
  await expect(page.getByRole("img", { name: live })).toBeVisible();
  await page.route(/:\d+\/$/, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/assets\/index-[\w-]{8}/, "assets/index-another1");
    await route.fulfill({ response, body });
  });
  await page.keyboard.press("?");
  await expect(page.getByText("This could not be shown.")).toBeVisible();
  const updated = page.getByText("Looplane was updated. This page is of the version before");
  await expect(updated).toBeVisible();
  await writeReply(page, "Written on the old page.");
  await expect(page.locator("[data-saved='saved']")).toBeVisible();
  await page.unrouteAll();
  await page.getByRole("button", { name: "Reload" }).first().click();
  await expect(updated).toHaveCount(0);
  await expect(replyOf(page)).toContainText("Written on the old page.");
});
