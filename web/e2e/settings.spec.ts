import { expectNoAxeViolations } from "./axe";
import { expect, test } from "./fixtures";
import { screenshots } from "./screenshots";

const PAGES = ["profile", "appearance", "keyboard", "members", "keys", "tags", "snippets", "views"];

test("each page of the settings", async ({ page, openAs }) => {
  test.setTimeout(180_000);
  for (const name of PAGES) {
    await page.goto(`/settings/${name}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
    await expectNoAxeViolations(page);
    await screenshots(page, `settings-${name}-admin`);
  }
  const viewer = await openAs("VIEWER");
  for (const name of ["members", "keys", "tags", "snippets", "views"]) {
    await viewer.goto(`/settings/${name}`);
    await expect(viewer.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(viewer.getByRole("status", { name: "Loading" })).toHaveCount(0);
    await expectNoAxeViolations(viewer);
    await screenshots(viewer, `settings-${name}-viewer`);
  }
});

test("a tag is made, deleted, and back by undo", async ({ page }) => {
  await page.goto("/settings/tags");
  await page.getByRole("button", { name: "Add a tag" }).first().click();
  await page.getByLabel("Name of the tag").fill("Zebra crossing");
  await page.getByLabel("Colour", { exact: true }).fill("#nothing");
  await page.getByRole("button", { name: "Add tag" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await screenshots(page, "settings-tags-refused");
  await page.getByLabel("Colour", { exact: true }).fill("#aa3377");
  await page.getByRole("button", { name: "Add tag" }).click();
  await page.getByRole("button", { name: "Delete Zebra crossing" }).click();
  await expect(page.getByRole("button", { name: "Delete Zebra crossing" })).toHaveCount(0);
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(page.getByRole("button", { name: "Delete Zebra crossing" })).toBeVisible();
});

test("a key is made and shown once, a snippet is written", async ({ page }) => {
  await page.goto("/settings/keys");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("What it is for").fill("Export");
  await screenshots(page, "settings-keys-form");
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByText("Keep this key now")).toBeVisible();
  await expectNoAxeViolations(page);
  await screenshots(page, "settings-keys-made");

  await page.goto("/settings/snippets");
  await page.getByRole("button", { name: "Write a snippet" }).click();
  await page.getByLabel("Title").fill("Thanks for waiting");
  await page.getByRole("textbox", { name: "Text" }).fill("Thank you for waiting.");
  await expectNoAxeViolations(page);
  await screenshots(page, "settings-snippets-form");
  await page.getByRole("button", { name: "Add snippet" }).click();
  await expect(page.getByRole("textbox", { name: "Text" })).toHaveCount(0);
  await expect(page.getByText("Thank you for waiting.")).toBeVisible();
});

test("a key can be changed, and what is taken is told", async ({ page }) => {
  await page.goto("/settings/keyboard");
  await page.getByRole("button", { name: "Change the keys of: Snooze" }).click();
  await page.keyboard.press("e");
  await expect(page.getByText(/is taken by: Mark done/)).toBeVisible();
  await screenshots(page, "settings-keyboard-conflict");
  await page.getByRole("button", { name: "Take it from there" }).click();
  await page.getByRole("button", { name: "Reset all" }).click();
  await expect(page.getByRole("button", { name: "Reset all" })).toHaveCount(0);
});

test("the palette, jumping by name, and the help", async ({ page }) => {
  await page.goto("/inbox/needs-response");
  await expect(page.getByRole("row").first()).toBeVisible();
  await page.keyboard.press("Control+k");
  const words = page.getByRole("combobox", { name: "Find an action" });
  await expect(words).toBeFocused();
  await expectNoAxeViolations(page);
  await screenshots(page, "palette");
  await words.fill("sett keyb");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/settings\/keyboard/);
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: "Jump to" }).fill("an");
  await screenshots(page, "palette-search");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await expectNoAxeViolations(page);
  await screenshots(page, "help");
});

test("places of what comes later, and of what is not there", async ({ page }) => {
  for (const name of ["search", "overview"]) {
    await page.goto(`/${name}`);
    await expect(page.getByText(/later/).first()).toBeVisible();
    await screenshots(page, name);
  }
  await page.goto("/settings/nowhere");
  await expectNoAxeViolations(page);
  await screenshots(page, "settings-nowhere");
});
