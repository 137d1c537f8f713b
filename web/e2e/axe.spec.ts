import type { Page } from "@playwright/test";
import { expectNoAxeViolations } from "./axe";
import { expect, test } from "./fixtures";
import { foreignThread, longThread } from "./hard";
import { screenshots } from "./screenshots";
import { SELECTORS } from "./selectors";

const NONE = { data: [], page: { cursor: null, has_more: false, limit: 50 } };
const narrow = { width: 390, height: 844 };

// Even where motion is reduced, a colour takes a frame to become another, and what inherits it begins
// only then.
const settled = async (): Promise<void> => {
  do {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => null)));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  } while (document.getAnimations().some(({ playState }) => playState === "running"));
};

/** Looks at a state of a page: with axe in both themes, and in all widths for what is too wide. */
async function look(page: Page, name: string, isResized = true): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(settled);
    const coloursAlone = colorScheme === "dark";
    await test.step(`${name}, ${colorScheme}`, () => expectNoAxeViolations(page, { coloursAlone }));
  }
  await page.emulateMedia({ colorScheme: null });
  await screenshots(page, name, { isResized });
}

/** The same for what is open over the page, which a change of the window may close. */
const lookOver = (page: Page, name: string): Promise<void> => look(page, name, false);

async function openThread(page: Page, id: string, search = ""): Promise<void> {
  await page.goto(`/inbox/open/${id}${search}`);
  await expect(page.getByRole("feed")).toHaveAttribute("aria-busy", "false");
  await expect(page.locator(SELECTORS.row).first()).toBeVisible();
}

test.beforeEach(({ page }) => {
  test.setTimeout(150_000);
  page.setDefaultTimeout(10_000);
});

test("the list in all its states", async ({ page }) => {
  await page.goto("/inbox/open");
  await expect(page.locator(SELECTORS.row).first()).toBeVisible();
  await look(page, "list");

  await page.getByRole("button", { name: "Show the filters" }).click();
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await expect(page.getByRole("listbox")).toBeVisible();
  await lookOver(page, "list-filter");
  await page.getByRole("option").first().click();
  await page.keyboard.press("Tab");
  await look(page, "list-filtered");
  await page.getByRole("button", { name: "Hide the filters" }).click();

  await page.getByRole("button", { name: "How the list is shown" }).click();
  await lookOver(page, "list-menu");
  await page.getByRole("menuitem", { name: "Save as a view…" }).click();
  await look(page, "view-dialog");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  await expect(page.getByRole("toolbar", { name: /selected/ })).toBeVisible();
  await look(page, "bulk");
  await page.keyboard.press("e");
  await expect(page.getByRole("dialog")).toBeVisible();
  await look(page, "bulk-preview");
});

test("the list with nothing in it, while it loads, and where it cannot", async ({ page }) => {
  const threads = "**/api/v2/threads?*";
  await page.route(threads, (route) => route.fulfill({ json: NONE }));
  for (const view of ["open", "snoozed"]) {
    await page.goto(`/inbox/${view}`);
    await expect(page.getByText(/^Nothing /).first()).toBeVisible();
    await look(page, `list-empty-${view}`);
  }
  await page.unroute(threads);
  await page.route(threads, (route) =>
    route.fulfill({ status: 400, json: { code: "bad_request", message: "It was refused." } }),
  );
  await page.goto("/inbox/done");
  await expect(page.getByText("The list could not be loaded")).toBeVisible();
  await look(page, "list-error");
  await page.unroute(threads);
  await page.route(threads, () => new Promise(() => undefined));
  await page.goto("/inbox/my");
  await expect(page.getByRole("status", { name: "Loading the list" })).toBeVisible();
  await look(page, "list-loading");
});

test("a thread, its menus and pickers", async ({ page, looplane, api }) => {
  const id = looplane.greeting.thread_id;
  await api.post(`/threads/${id}/comments`, { content: "<p>Is this the row limit again?</p>" });
  await openThread(page, id);
  await look(page, "thread");
  await page.getByRole("button", { name: /^Status: / }).click();
  await lookOver(page, "thread-status");
  await page.keyboard.press("Escape");
  for (const [key, name] of Object.entries({ h: "snooze", a: "assign", t: "tags", p: "project" })) {
    await page.keyboard.press(key);
    await expect(page.getByRole("dialog")).toBeVisible();
    await lookOver(page, `picker-${name}`);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  const change = page.getByRole("button", { name: "Change this comment" }).last();
  await change.click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await look(page, "comment-editing");
  await page.keyboard.press("Escape");

  await page.setViewportSize(narrow);
  await page.getByRole("button", { name: "Show the details" }).click();
  await lookOver(page, "details-narrow");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Back to the list" }).click();
  await page.getByRole("button", { name: "Show the views" }).click();
  await lookOver(page, "views-narrow");
});

test("the composer in all its states", async ({ page, api }) => {
  const { id } = await api.createThread({ title: "The export stops at row 500" });
  await openThread(page, id);
  await page.keyboard.press("c");
  await page.keyboard.type("A note to the team");
  await look(page, "composer-comment");
  await page.keyboard.press("Escape");
  await openThread(page, id, "?compose=reply");
  await page.getByRole("textbox", { name: "Your reply" }).fill("Thank you for telling us.");
  await look(page, "composer-reply");
  await api.patch(`/threads/${id}`, {
    ai_draft_html: "<p>Hello, the export stops at row 500 because of its limit.</p>",
    ai_draft_sources: [
      { type: "article", title: "Exports and their limits", url: "https://docs.example/exports" },
      { type: "thread", title: "Export stops", identifier: "T-42" },
    ],
  });
  const use = page.getByRole("button", { name: /Use AI draft/ });
  await expect(use).toBeVisible();
  await use.click();
  await look(page, "composer-draft-beside");
  await page.getByRole("button", { name: "Replace" }).click();
  await page.getByRole("button", { name: /Drafted by AI/ }).click();
  await lookOver(page, "composer-sources");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Send, and then" }).click();
  await lookOver(page, "composer-send-menu");
  await page.keyboard.press("Escape");
  await page.setViewportSize(narrow);
  await lookOver(page, "composer-narrow");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: /^Send to/ }).click();
  await expect(page.getByRole("region", { name: "Outgoing messages" })).toBeVisible();
  await lookOver(page, "composer-held");
});

test("what is long, and what is written from right to left", async ({ page, api, receive }) => {
  const long = await longThread(api);
  await openThread(page, long.id, "?compose=reply");
  await look(page, "long");
  const foreign = await foreignThread(receive);
  await openThread(page, foreign);
  await look(page, "right-to-left");
  await page.goto(`/contacts/${long.contact?.id ?? ""}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page, "contact-long");
  await page.goto(`/companies/${long.company?.id ?? ""}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page, "company-long");
});

test("pages of a contact and a company, and what is not there", async ({ page, api, looplane }) => {
  const thread = await api.get<{ contact: { id: string }; company: { id: string } | null }>(
    `/threads/${looplane.greeting.thread_id}`,
  );
  await page.goto(`/contacts/${thread.contact.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page, "contact");
  await page.goto(`/companies/${thread.company?.id ?? ""}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page, "company");
  for (const path of [
    "/settings/a/b",
    "/inbox/open/nothing",
    "/contacts/nobody",
    "/companies/none",
  ]) {
    await page.goto(path);
    await expect(page.getByText(/no such|is not here/).first()).toBeVisible();
    await look(page, `not-here${path.replaceAll("/", "-")}`);
  }
});

test("what a viewer sees", async ({ openAs, looplane }) => {
  const viewer = await openAs("VIEWER");
  await openThread(viewer, looplane.greeting.thread_id);
  await look(viewer, "thread-viewer");
});
