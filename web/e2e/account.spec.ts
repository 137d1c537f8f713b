import { expectNoAxeViolations } from "./axe";
import { expect, test } from "./fixtures";
import { oneTimeCode } from "./one-time-code";
import { screenshots } from "./screenshots";

const PASSWORD = "a horse on a staple";

// Whose second factor stays on, and whose first link is used up.
test.use({ server: "of the account" });

test("the first run, a second factor, and signing in with it", async ({
  openAsNobody,
  looplane,
}) => {
  test.setTimeout(180_000);
  const page = await openAsNobody();
  await page.goto(looplane.greeting.inbox);
  await expect(page.getByRole("heading", { name: /^Welcome to / })).toBeVisible();
  expect(new URL(page.url()).hash, "the token is out of the address").toBe("");
  await expectNoAxeViolations(page);
  await screenshots(page, "first-run");

  await page.getByLabel("Password", { exact: true }).fill("1234567890");
  await page.getByLabel("Your name").fill("Ada Lovelace");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByRole("button", { name: "Open the inbox" }).click();
  await expect(page.getByText(/one of the most common ones/)).toBeVisible();
  await screenshots(page, "first-run-refused");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Open the inbox" }).click();
  await expect(page).toHaveURL(/\/inbox\/needs-response/);
  await expect(page).toHaveTitle(/^\(\d[\d,+]*\) /);

  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByLabel("Your password").fill("wrong");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("img", { name: /QR code/ })).toBeVisible();
  const secret = (await page.locator("code").first().innerText()).replace(/\s/g, "");
  await expectNoAxeViolations(page);
  await screenshots(page, "second-factor");
  await page.getByLabel("The code that the app shows now").fill(oneTimeCode(secret));
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("Keep these recovery codes")).toBeVisible();
  await screenshots(page, "recovery-codes");
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText(/recovery codes are left/)).toBeVisible();

  await page.goto("/inbox/needs-response");
  await page.getByRole("button", { name: /your menu/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill("not this one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("password is wrong");
  await expectNoAxeViolations(page);
  await screenshots(page, "sign-in-refused");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByLabel("Code")).toBeFocused();
  await screenshots(page, "sign-in-code");
  await page.getByLabel("Code").fill("000000");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("This code is wrong");
  await page.getByLabel("Code").fill(oneTimeCode(secret, 1));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/inbox\/needs-response/);

  await page.goto("/settings/security");
  await expect(page.getByText("This browser")).toBeVisible();
  await expectNoAxeViolations(page);
  await screenshots(page, "settings-security");

  await test.step("a link that was used says so", async () => {
    await page.goto("/sign-in"); // The same address with another # would load nothing.
    await page.goto(looplane.greeting.inbox);
    await expect(page.getByRole("heading", { name: "This link works no more" })).toBeVisible();
    await screenshots(page, "first-run-used");
  });
});
