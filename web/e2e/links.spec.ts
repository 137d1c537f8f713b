import { expectNoAxeViolations } from "./axe";
import { expect, test } from "./fixtures";
import { screenshots } from "./screenshots";

const PASSWORD = "a horse on a staple";

test("a mailed link signs in by a press, and an invite makes a member", async ({
  openAs,
  openAsNobody,
  looplane,
  members,
  workspaceId,
}) => {
  const words = ["member", "sign-in-link", members.USER.email, "--workspace", workspaceId];
  const { url } = looplane.cli(...words) as { url: string };
  const page = await openAsNobody();
  await page.goto(url);
  await expect(page.getByRole("heading", { name: /^Sign in to / })).toBeVisible();
  await expectNoAxeViolations(page);
  await screenshots(page, "sign-in-link");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/inbox\/needs-response/);

  const admin = await openAs("ADMIN");
  await admin.goto("/settings/members");
  await admin.getByRole("button", { name: "Invite somebody" }).click();
  await admin.getByLabel("E-mail").fill("new@example.com");
  await admin.getByLabel("Name", { exact: true }).fill("Grace Hopper");
  await admin.getByRole("button", { name: "Make an invite" }).click();
  const link = await admin.locator("code").first().innerText();
  await expectNoAxeViolations(admin);
  await screenshots(admin, "settings-members");

  const guest = await openAsNobody();
  await guest.goto(link);
  await expect(guest.getByRole("heading", { name: /^Join / })).toBeVisible();
  await expectNoAxeViolations(guest);
  await screenshots(guest, "invite");
  await guest.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await guest.getByRole("button", { name: "Join" }).click();
  await expect(guest).toHaveURL(/\/inbox\/needs-response/);
});

test("somebody whose session ended goes on where they were", async ({ openAs, guards }) => {
  guards.allow(/401/);
  const page = await openAs("VIEWER");
  await page.goto("/settings/profile");
  await page.getByLabel("Name", { exact: true }).fill("Half written");
  // Pressed before the page learns by itself that the session has ended.
  await page.getByRole("button", { name: "Save" }).evaluate(async (save: HTMLElement) => {
    const session = (await (await fetch("/api/app/session")).json()) as { csrf_token: string };
    const headers = { "X-Looplane-CSRF": session.csrf_token };
    await fetch("/api/app/session", { method: "DELETE", headers });
    save.click();
  });
  await expect(page.getByRole("dialog", { name: "You were signed out" })).toBeVisible();
  await expectNoAxeViolations(page);
  await screenshots(page, "signed-out");
  await expect(page.locator("input[value='Half written']")).toHaveCount(1);
});
