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

test("a comment that is changed keeps how it looks", async ({ api, page, receive }) => {
  const { id } = await mailIn(receive);
  await openThread(page, id);
  await expect(page.getByRole("button", { name: /^Comment/ }).first()).toBeVisible();
  await page.keyboard.press("c");
  const note = page.getByRole("textbox", { name: "Note to the team" });
  await expect(note).toBeFocused();
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
