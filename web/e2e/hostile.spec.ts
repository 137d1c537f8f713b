import type { Page } from "@playwright/test";
import { Api } from "./api";
import { expect, test } from "./fixtures";
import {
  TEXTS,
  VECTORS,
  documentsOf,
  expectNotTooWide,
  expectNothingToRun,
  watch,
} from "./hostile";
import { SELECTORS } from "./selectors";

const AT_ONCE = 8;

test.use({ server: "of what is hostile" });

test.beforeEach(({ page }) => {
  test.setTimeout(150_000);
  page.setDefaultTimeout(15_000);
});

/** Calls with each item, some at a time. */
async function forEach<Item>(
  items: readonly Item[],
  call: (item: Item, at: number) => Promise<unknown>,
): Promise<void> {
  const left = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) await call(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function openThread(page: Page, id: string, search = ""): Promise<void> {
  await page.goto(`/inbox/open/${id}${search}`);
  await expect(page.getByRole("feed")).toHaveAttribute("aria-busy", "false");
  await expect(page.locator(SELECTORS.row).first()).toBeVisible();
}

test("hostile mails show their words and run nothing", async ({ page, receive }) => {
  const { check } = watch(page);
  let thread_id: string | undefined;
  for (const html of documentsOf(22)) {
    const sent = { email: "mallory@evil.example", html, ...(thread_id ? { thread_id } : {}) };
    thread_id = (await receive(sent)).thread_id;
  }
  await openThread(page, thread_id ?? "");
  // Frames load as they come into view.
  const articles = page.getByRole("article");
  for (let at = (await articles.count()) - 1; at >= 0; at--) {
    await articles.nth(at).scrollIntoViewIfNeeded();
  }
  await expect.poll(() => page.frames().length).toBeGreaterThan(10);
  await expectNothingToRun(page);
  await expectNotTooWide(page);
  check();
});

test("hostile comments, drafts and snippets run nothing", async ({ page, api, guards }) => {
  // A style that was let through counts for nothing here, and the browser says so.
  guards.allow(/Applying inline style violates/);
  const { check } = watch(page);
  const { id } = await api.createThread();
  await forEach(VECTORS, async ({ html }) => {
    const said = `<p>Said:</p>${html}`;
    await api.post(`/threads/${id}/comments`, { content: said });
  });
  await openThread(page, id);
  await expect(page.getByText("Team only").first()).toBeVisible();
  await expectNothingToRun(page);
  await expectNotTooWide(page);

  for (const [at, html] of documentsOf(3).entries()) {
    await api.post("/snippets", { title: `Hostile ${at}`, html: `<p>Said:</p>${html}` });
    const thread = await api.createThread();
    await api.patch(`/threads/${thread.id}`, { ai_draft_html: `<p>Drafted:</p>${html}` });
    await openThread(page, thread.id, "?compose=reply");
    const field = page.getByRole("textbox", { name: "Your reply" });
    await expect(field).toContainText("Drafted:");
    await field.press("Control+End");
    await field.pressSequentially(" ;Hostile");
    await page
      .getByRole("option", { name: /^Hostile/ })
      .first()
      .click();
    await expect(field).toContainText("Said:");
    await expectNothingToRun(page);
    await expectNotTooWide(page);
  }
  await page.goto("/settings/snippets");
  await expect(page.getByText("Hostile 0")).toBeVisible();
  await expectNothingToRun(page);
  check();
});

test("what the server would have let through runs nothing either", async ({
  page,
  api,
  guards,
}) => {
  const { check } = watch(page);
  const thread = await api.createThread();
  await api.post(`/threads/${thread.id}/comments`, { content: "<p>Said</p>" });
  await page.route(`**/api/v2/threads/${thread.id}/comments*`, async (route) => {
    const answer = await route.fetch();
    const said = (await answer.json()) as { data: { content: string }[] };
    const data = VECTORS.map(({ html }, at) => ({ ...said.data[0], id: `c${at}`, content: html }));
    await route.fulfill({ response: answer, json: { ...said, data } });
  });
  // What is read and not shown is told of as well, though it never ran.
  guards.allow(/Content.Security.Policy/);
  await openThread(page, thread.id);
  await expect(page.getByText("Team only").nth(100)).toBeAttached();
  await expectNothingToRun(page);
  check();
});

test("hostile names, titles, tags, sources and files are shown as text", async ({
  page,
  api,
  receive,
}) => {
  const { check } = watch(page);
  const group = await api.post<{ id: string }>("/tags/groups", { name: TEXTS[0], color: "red" });
  const ids: string[] = [];
  await forEach(TEXTS, async (text, at) => {
    const tag = await api.post<{ id: string }>("/tags", {
      ...{ name: text, icon: text, tag_group_id: group.id },
      color: ["url", "inherit", "expression", "#abc", "currentColor", "var"][at % 6],
    });
    const company = await api.post<{ id: string }>("/companies", {
      ...{ name: text, logo_url: "https://evil.example/logo.png" },
    });
    const thread = await api.createThread({
      ...{ title: text, contact_name: text, company_id: company.id },
      external_ids: {
        intercom: text,
        zendesk: "javascript:alert(1)",
        plain: "https://a@b.example",
      },
    });
    await api.patch(`/threads/${thread.id}`, {
      tag_ids: [tag.id],
      ai_draft_html: `<p>Drafted</p>`,
      ai_draft_sources: [
        { type: text, title: text, identifier: text },
        { type: "web", title: text, url: "https://docs.example@evil.example/" },
      ],
    });
    await api.patch(`/contacts/${thread.contact?.id ?? ""}`, {
      image_url: "https://evil.example/face.png",
    });
    await api.post("/views", { name: text, is_shared: true, filters: { tab: "open" } });
    ids.push(thread.id);
  });
  const { thread_id } = await receive({
    ...{ email: "mallory@evil.example", name: TEXTS[0], subject: TEXTS[1], html: "<p>Files</p>" },
    files: TEXTS.slice(0, 6).map((text) => ({
      name: `${text.replaceAll("/", "")}.html`,
      content_type: "text/html",
      content: Buffer.from("<script>alert(1)</script>").toString("base64"),
    })),
  });

  await openThread(page, thread_id);
  await expect(page.getByText(/onerror=alert\(1\)>\.html/)).toBeVisible();
  await expectNothingToRun(page);
  await expectNotTooWide(page);
  for (const id of ids) {
    await openThread(page, id, "?compose=reply");
    await page.getByRole("button", { name: /Drafted by AI/ }).click();
    await expect(page.getByRole("list", { name: "Sources" })).toBeVisible();
    await expect(page.getByRole("list", { name: "Sources" }).getByRole("link")).toHaveCount(0);
    await expectNothingToRun(page);
    await expectNotTooWide(page);
  }
  const long = await api.get<{ contact: { id: string }; company: { id: string } }>(
    `/threads/${ids.at(-1) ?? ""}`,
  );
  for (const path of [
    `/contacts/${long.contact.id}`,
    `/companies/${long.company.id}`,
    "/settings/tags",
    "/settings/views",
  ]) {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
      await expectNothingToRun(page);
      await expectNotTooWide(page);
    }
  }
  check();
});

test("ids of another workspace lead nowhere, and tell nothing", async ({
  page,
  looplane,
  playwright,
}) => {
  const other = looplane.cli("workspace", "create", "Elsewhere") as { id: string };
  const email = "eve@elsewhere.example";
  const words = ["--workspace", other.id, "--email", email, "--name", "Eve", "--role", "admin"];
  const eve = looplane.cli("member", "create", ...words) as { id: string };
  const made = looplane.cli("key", "create", "--workspace", other.id, "--member", email);
  const requests = await playwright.request.newContext({
    baseURL: `${looplane.url}/api/v2/`,
    extraHTTPHeaders: { Authorization: `Bearer ${(made as { key: string }).key}` },
  });
  const theirs = new Api(requests);
  const secret = "Kept-to-Elsewhere";
  const company = await theirs.post<{ id: string }>("/companies", { name: secret });
  const group = await theirs.post<{ id: string }>("/tags/groups", { name: secret, color: "red" });
  const tag = await theirs.post<{ id: string }>("/tags", {
    ...{ name: secret, icon: "Star", color: "red", tag_group_id: group.id },
  });
  const thread = await theirs.createThread({
    ...{ title: secret, text: `<p>${secret}</p>`, contact_name: secret, company_id: company.id },
  });
  const view = await theirs.post<{ id: string }>("/views", { name: secret, is_shared: true });
  await requests.dispose();

  const told: string[] = [];
  page.on("response", (response) => {
    if (!/json|html/.test(response.headers()["content-type"] ?? "")) return;
    void response.text().then(
      (text) => text.includes(secret) && told.push(response.url()),
      () => undefined,
    );
  });
  const notHere = /is not here|no such/;
  for (const path of [
    `/inbox/open/${thread.id}`,
    `/inbox/open/${thread.id}?compose=reply`,
    `/inbox/${view.id}/${thread.id}`,
    `/contacts/${thread.contact?.id ?? ""}`,
    `/companies/${company.id}`,
    `/inbox/${view.id}`,
  ]) {
    await page.goto(path);
    await expect(page.getByText(notHere).first(), path).toBeVisible();
  }
  await page.goto(`/inbox/open?tag=${tag.id}&assignee=${eve.id}&tier=${company.id}`);
  await expect(page.getByText("Nothing meets these filters")).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);
  expect(told).toEqual([]);
});
