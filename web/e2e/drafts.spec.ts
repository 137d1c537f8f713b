import type { Api, Thread } from "./api";
import { expect, test } from "./fixtures";
import { mailIn, openThread, outgoing, replyOf, startReply, thread, writeReply } from "./journey";

interface Listed {
  data: Thread[];
  page: { cursor: string | null };
}

const SOURCES = [{ type: "doc", title: "How it works", url: "https://docs.example/how" }];

/** Programs that draft say so from inside; the demo has a thread of each state. */
async function find(api: Api, isWanted: (one: Thread) => boolean): Promise<Thread> {
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? "" : `&cursor=${cursor}`;
    const found: Listed = await api.get(`/threads?tab=open&limit=100${after}`);
    const wanted = found.data.find(isWanted);
    if (wanted) return wanted;
    cursor = found.page.cursor;
  } while (cursor !== null);
  throw new Error("The demo has no such thread.");
}

test("a draft comes into an empty reply by itself, with its sources", async ({
  api,
  page,
  receive,
}) => {
  const { id } = await find(api, (one) => one.ai_draft_started_at !== null && !one.ai_draft_html);
  const reply = page.getByRole("region", { name: "Reply", exact: true });
  await openThread(page, id);
  await startReply(page);
  await expect(reply.getByText("Drafting…")).toBeVisible();
  await api.patch(`/threads/${id}`, {
    ai_draft_html: "<p>It works by itself.</p>",
    ai_draft_sources: SOURCES,
  });
  await expect(replyOf(page)).toContainText("It works by itself.");
  await expect(reply.getByText("Drafting…")).toHaveCount(0);
  await page.getByRole("button", { name: /^Drafted by AI/ }).click();
  const sources = page.getByRole("dialog", { name: /sources/ });
  await expect(sources.getByRole("link", { name: /How it works/ })).toHaveAttribute(
    "href",
    "https://docs.example/how",
  );
  await page.keyboard.press("Escape");

  await test.step("a newer message makes it stale, and it stays", async () => {
    await receive({
      email: (await thread(api, id)).contact?.email ?? "",
      html: "<p>And the other one?</p>",
      thread_id: id,
    });
    await expect(page.getByText("Written before the last message")).toBeVisible();
    await expect(replyOf(page)).toContainText("It works by itself.");
  });

  await test.step("discarded, it is gone from the field and the thread", async () => {
    await page.getByRole("button", { name: "Discard", exact: true }).click();
    await expect(replyOf(page)).not.toContainText("It works by itself.");
    await expect.poll(async () => (await thread(api, id)).ai_draft_html).toBeNull();
  });

  await test.step("a stale one never loads by itself", async () => {
    await api.patch(`/threads/${id}`, { ai_draft_html: "<p>To the first question.</p>" });
    await expect(replyOf(page)).toContainText("To the first question.");
    await page.reload();
    await receive({
      email: (await thread(api, id)).contact?.email ?? "",
      html: "<p>One more?</p>",
      thread_id: id,
    });
    await page.goto(`/inbox/open/${id}?compose=reply`);
    await expect(page.getByText("Written before the last message")).toBeVisible();
    await expect(page.getByRole("button", { name: /Use AI draft/ })).toBeVisible();
    await expect(replyOf(page)).toHaveText("");
  });
});

test("a draft that comes while somebody types takes the place of nothing", async ({
  api,
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  await openThread(page, id);
  await writeReply(page, "My own words.");
  await api.patch(`/threads/${id}`, {
    ai_draft_html: "<p>Words of the draft.</p>",
    ai_draft_sources: SOURCES,
  });
  const chip = page.getByRole("button", { name: /^Use AI draft/ });
  await expect(chip).toBeVisible();
  await page.keyboard.type(" And more.");
  await expect(replyOf(page)).toHaveText("My own words. And more.");
  await chip.click();
  await page.getByRole("button", { name: "Insert below" }).click();
  await expect(replyOf(page)).toContainText("My own words. And more.");
  await expect(replyOf(page)).toContainText("Words of the draft.");
  await expect(page.getByRole("button", { name: /^AI draft, edited/ })).toBeVisible();
});

test("a draft that was sent does not load again while it is held back", async ({
  api,
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  await api.patch(`/threads/${id}`, { ai_draft_html: "<p>It works by itself.</p>" });
  await openThread(page, id);
  await startReply(page);
  await expect(replyOf(page)).toContainText("It works by itself.");
  await page.keyboard.press("Control+Enter");
  await expect(outgoing(page)).toBeVisible();
  await startReply(page);
  await expect(page.getByRole("button", { name: /^(Use|Drafted by) AI/ })).toBeVisible();
  await expect(replyOf(page)).toHaveText("");
  // No other test is to find it held.
  await outgoing(page).getByRole("button", { name: "Send now" }).click();
  await expect(outgoing(page)).toHaveCount(0);
});

test("a failed draft is told, and dismissed", async ({ api, page }) => {
  const { id } = await find(api, (one) => one.ai_draft_error_at !== null);
  const reply = page.getByRole("region", { name: "Reply", exact: true });
  await openThread(page, id, "?compose=reply");
  await expect(reply.getByText("AI draft failed")).toBeVisible();
  await page.getByRole("button", { name: "Dismiss the failed AI draft" }).click();
  await expect(reply.getByText("AI draft failed")).toHaveCount(0);
  await expect.poll(async () => (await thread(api, id)).ai_draft_error_at).toBeNull();
});
