import { expect, test } from "./fixtures";
import { mailIn, openThread, replyOf, writeReply } from "./journey";

const PASSWORD = "a horse on a staple";

test("who was signed out elsewhere signs in where they are, and goes on", async ({
  guards,
  openAs,
  openAsNobody,
  receive,
}) => {
  test.setTimeout(180_000);
  guards.allow(/401/);
  const admin = await openAs("ADMIN");
  await admin.goto("/settings/members");
  await admin.getByRole("button", { name: "Invite somebody" }).click();
  await admin.getByLabel("E-mail").fill("lovelace@example.com");
  await admin.getByLabel("Name", { exact: true }).fill("Ada Byron");
  await admin.getByRole("button", { name: "Make an invite" }).click();
  const link = await admin.locator("code").first().innerText();
  const page = await openAsNobody();
  await page.goto(link);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page).toHaveURL(/\/inbox\//);

  const { id } = await mailIn(receive);
  await openThread(page, id);
  await writeReply(page, "The first half");
  await expect(page.locator("[data-saved='saved']")).toBeVisible();

  await test.step("another session of the same member ends this one", async () => {
    const elsewhere = await openAsNobody();
    await elsewhere.goto("/sign-in");
    await elsewhere.getByLabel("E-mail").fill("lovelace@example.com");
    await elsewhere.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await elsewhere.getByRole("button", { name: "Sign in" }).click();
    await expect(elsewhere).toHaveURL(/\/inbox\//);
    await elsewhere.goto("/settings/security");
    await elsewhere
      .getByRole("button", { name: /^End the session/ })
      .first()
      .click();
  });

  // All at once: at any letter the page may learn that it is signed out, and ask who is there.
  await page.keyboard.insertText(" and the second.");
  const dialog = page.getByRole("dialog", { name: "You were signed out" });
  await expect(dialog).toBeVisible();
  await expect(page.getByText("The first half and the second.")).toHaveCount(1);
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(id));
  await expect(replyOf(page)).toHaveText("The first half and the second.");
  await expect(page.locator("[data-saved='saved']")).toBeVisible();
  await page.reload();
  await expect(replyOf(page)).toHaveText("The first half and the second.");

  await test.step("signing out in one tab leaves nothing in the others, nor in the browser", async () => {
    const beside = await page.context().newPage();
    await beside.goto("/inbox/open");
    await expect(beside.getByRole("row").first()).toBeVisible();
    await replyOf(page).click();
    await page.keyboard.type(" And a third.");
    await beside.getByRole("button", { name: /your menu/ }).click();
    await beside.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(beside).toHaveURL(/\/sign-in$/);
    await expect(page).toHaveURL(/\/sign-in\?/);
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await beside.goBack();
    await expect(beside.getByRole("heading", { name: "Sign in" })).toBeVisible();
  });

  await test.step("what was typed to the last is there after signing in", async () => {
    await page.getByLabel("E-mail").fill("lovelace@example.com");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(replyOf(page)).toHaveText("The first half and the second. And a third.");
  });
});
