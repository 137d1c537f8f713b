import { expectNoAxeViolations } from "./axe";
import { expect, test } from "./fixtures";
import { screenshots } from "./screenshots";

interface Page {
  data: { title: string | null; contact: { name: string | null; email: string } | null }[];
}

test("the list shows the threads of the demo", async ({ page, api }) => {
  const { data } = await api.get<Page>("/threads?tab=needs-response&sort=last_activity&limit=5");
  await page.goto("/");
  await expect(page).toHaveURL(/\/inbox\/needs-response/);
  for (const thread of data) {
    if (thread.title) await expect(page.getByText(thread.title).first()).toBeVisible();
  }
  expect(data.length).toBeGreaterThan(0);
  await expectNoAxeViolations(page);
  await screenshots(page, "inbox-needs-response");
});

test("nobody sees a page but that to sign in", async ({ openAsNobody }) => {
  const page = await openAsNobody();
  await page.goto("/inbox/open");
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectNoAxeViolations(page);
  await screenshots(page, "sign-in");
});
