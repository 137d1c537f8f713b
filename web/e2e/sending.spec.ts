import type { Page } from "@playwright/test";
import type { Api } from "./api";
import { expect, test } from "./fixtures";
import { mailIn, openThread, outgoing, replyOf, writeReply } from "./journey";

const sentIn = async (api: Api, id: string): Promise<string[]> => {
  const { data } = await api.get<{ data: { text: string; direction: string }[] }>(
    `/threads/${id}/messages`,
  );
  return data.filter(({ direction }) => direction === "outbound").map(({ text }) => text);
};
const card = (page: Page, words: string) =>
  page.getByRole("article").filter({ hasText: words }).filter({ hasText: "Sending" });
const undo = (page: Page) => outgoing(page).getByRole("button", { name: /^Undo/ });

test("what is sent is in view at once, and says that it is about to leave", async ({
  api,
  page,
  receive,
}) => {
  const { id } = await mailIn(receive, undefined, "<p>So much to read.</p>".repeat(80));
  await openThread(page, id);
  await writeReply(page, "Short and to the point.");
  await page.keyboard.press("Control+Enter");
  await expect(card(page, "Short and to the point.")).toBeInViewport({ ratio: 0.9 });
  await outgoing(page).getByRole("button", { name: "Send now" }).click();
  await expect(card(page, "Short and to the point.")).toHaveCount(0);
  const sent = page.getByRole("article").filter({ hasText: "Short and to the point." });
  await expect(sent).toHaveCount(1);
  await expect(sent).toBeInViewport();
  expect(await sentIn(api, id)).toEqual(["Short and to the point."]);
});

test("what is taken back is gone on with, where it ended", async ({ api, page, receive }) => {
  const { id } = await mailIn(receive);
  await openThread(page, id);
  await writeReply(page, "Sent too");
  await page.keyboard.press("Control+Enter");
  await undo(page).click();
  await expect(replyOf(page)).toHaveText("Sent too");
  await expect(replyOf(page)).toBeFocused();
  await page.keyboard.type(" early");
  await expect(replyOf(page)).toHaveText("Sent too early");

  await test.step("also by its key, from the list of another thread", async () => {
    const other = await mailIn(receive);
    await page.keyboard.press("Control+Enter");
    await openThread(page, other.id);
    await expect(undo(page)).toBeVisible();
    await page.keyboard.press("z");
    await expect(replyOf(page)).toBeFocused();
    await expect(replyOf(page)).toHaveText("Sent too early");
    await page.keyboard.type(" again");
    await expect(replyOf(page)).toHaveText("Sent too early again");
  });
  expect(await sentIn(api, id)).toEqual([]);
});

test("a page that is loaded anew offers to take back what is held", async ({
  api,
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  await openThread(page, id);
  await writeReply(page, "Held, then loaded anew.");
  await page.keyboard.press("Control+Enter");
  await expect(undo(page)).toBeVisible();
  await page.reload();
  await expect(card(page, "Held, then loaded anew.")).toBeInViewport();
  await undo(page).click();
  await expect(replyOf(page)).toHaveText("Held, then loaded anew.");
  await expect(replyOf(page)).toBeFocused();
  expect(await sentIn(api, id)).toEqual([]);

  await test.step("and sends it once, if that is not wanted", async () => {
    await page.keyboard.press("Control+Enter");
    await expect(undo(page)).toBeVisible();
    await page.reload();
    await expect(undo(page)).toBeVisible();
    await expect(outgoing(page)).toHaveCount(0, { timeout: 30_000 });
    const article = page.getByRole("article").filter({ hasText: "Held, then loaded anew." });
    await expect(article).toHaveCount(1);
    await expect(card(page, "Held, then loaded anew.")).toHaveCount(0);
    expect(await sentIn(api, id)).toEqual(["Held, then loaded anew."]);
  });
});

test("what is sent as the page is left is sent, and once", async ({
  api,
  openAs,
  page,
  receive,
}) => {
  await test.step("by the request that outlives its page", async () => {
    const { id } = await mailIn(receive);
    await openThread(page, id);
    await writeReply(page, "Sent and gone.");
    await page.keyboard.press("Control+Enter");
    await page.goto("about:blank");
    await expect.poll(() => sentIn(api, id), { timeout: 30_000 }).toEqual(["Sent and gone."]);
  });
  await test.step("by the next page, where the request was cut off", async () => {
    const { id } = await mailIn(receive);
    await openThread(page, id);
    await writeReply(page, "Cut off, then sent.");
    let asked = 0;
    await page.route("**/api/app/held", (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      asked++;
      return new Promise(() => undefined);
    });
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => asked).toBe(1);
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.reload();
    await expect(undo(page)).toBeVisible();
    await expect(page.getByText("Unsent reply")).toHaveCount(0);
    await outgoing(page).getByRole("button", { name: "Send now" }).click();
    await expect.poll(() => sentIn(api, id)).toEqual(["Cut off, then sent."]);
  });
  await test.step("and where the server says no, the text is there", async () => {
    const { id } = await mailIn(receive);
    await openThread(page, id);
    await writeReply(page, "Refused, and kept.");
    await page.route("**/api/app/held", (route) =>
      route.request().method() === "POST"
        ? route.fulfill({ status: 400, json: { code: "bad_request", message: "It was refused." } })
        : route.fallback(),
    );
    await page.keyboard.press("Control+Enter");
    await expect(page.getByText(/It was not sent. It was refused./)).toBeVisible();
    await page.reload();
    await expect(replyOf(page)).toHaveText("Refused, and kept.");
    const elsewhere = await openAs("ADMIN");
    await openThread(elsewhere, id, "?compose=reply");
    await expect(replyOf(elsewhere)).toHaveText("Refused, and kept.");
    expect(await sentIn(api, id)).toEqual([]);
  });
});

test("what is typed behind the key of the composer is its text, however late it comes", async ({
  api,
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  const slow: (() => void)[] = [];
  await page.route(/assets\/(Composer|RichEditor)-/, async (route) => {
    await new Promise<void>((resolve) => slow.push(resolve));
    await route.continue();
  });
  await openThread(page, id);
  await page.keyboard.press("c");
  await page.keyboard.type("Be careful here, eh");
  const note = page.getByRole("textbox", { name: "Note to the team" });
  await expect(note).toHaveCount(0);
  await expect.poll(() => slow.length).toBeGreaterThan(0);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  for (const go of slow) go();
  await expect(note).toBeFocused();
  await page.keyboard.type("?");
  await expect(note).toHaveText("Be careful here, eh?");
  expect((await api.get<{ status: string }>(`/threads/${id}`)).status).toBe("open");
});

test("a comment that is changed keeps how it looks", async ({ api, page, receive }) => {
  const { id } = await mailIn(receive);
  await openThread(page, id);
  await expect(page.getByRole("button", { name: /^Comment/ }).first()).toBeVisible();
  await page.keyboard.press("c");
  const note = page.getByRole("textbox", { name: "Note to the team" });
  await expect(note).toBeFocused();
  // The plain field, which is there until the editor is, has no bold.
  await expect(page.getByRole("toolbar", { name: "Formatting" })).toBeVisible();
  await page.keyboard.press("Control+b");
  await page.keyboard.type("Careful");
  await page.keyboard.press("Control+b");
  await page.keyboard.type(" here");
  await page.keyboard.press("Control+Enter");
  const comment = page.getByRole("article").filter({ hasText: "Careful here" });
  await comment.getByRole("button", { name: "Change this comment" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const field = comment.getByRole("textbox", { name: "Comment" });
  await expect(field).toBeFocused();
  await expect(field.locator("strong")).toHaveText("Careful");
  await page.keyboard.type(", please");
  await page.keyboard.press("Escape");
  await expect(comment.getByRole("button", { name: /^Save/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(field).toHaveCount(0);
  await expect(comment.locator("strong")).toHaveText("Careful");
  const { data } = await api.get<{ data: { content: string }[] }>(`/threads/${id}/comments`);
  expect(data.map(({ content }) => content)).toEqual([
    "<p><strong>Careful</strong> here, please</p>",
  ]);
});

test("an address that is no page says so, with a way back", async ({ openAsNobody }) => {
  const page = await openAsNobody();
  const answer = await page.goto("/nowhere");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Go to the inbox" })).toBeVisible();
});
