import { expect, test } from "./fixtures";
import { mailIn, openThread, outgoing, replyOf, writeReply } from "./journey";

const saved = "[data-saved='saved']";

test("a text that is not sent is there after a reload, and in another browser", async ({
  openAs,
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  await openThread(page, id);
  await writeReply(page, "Half a thought");
  // At once: what the server does not have yet, this browser has.
  await page.reload();
  await expect(replyOf(page)).toHaveText("Half a thought");
  await expect(page.locator(saved)).toBeVisible();

  const elsewhere = await openAs("ADMIN");
  await openThread(elsewhere, id);
  await expect(elsewhere.getByText("Unsent reply")).toBeVisible();
  await writeReply(elsewhere, "");
  await expect(replyOf(elsewhere)).toHaveText("Half a thought");

  const colleague = await openAs("USER");
  await openThread(colleague, id, "?compose=reply");
  await expect(replyOf(colleague)).toHaveText("");
});

test("a message leaves by itself, though the tab that sent it is gone", async ({
  api,
  openAs,
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  await openThread(page, id);
  await writeReply(page, "Sent in a hurry.");
  await page.keyboard.press("Control+Enter");
  await expect(outgoing(page)).toBeVisible();
  await page.context().close();

  const later = await openAs("ADMIN");
  await openThread(later, id);
  await expect(outgoing(later)).toContainText("Sending to");
  // It is held for as long as all else is waited for.
  await expect(outgoing(later)).toHaveCount(0, { timeout: 30_000 });
  await expect(later.getByRole("article").filter({ hasText: "Sent in a hurry." })).toBeVisible();
  const { data } = await api.get<{ data: { text: string; direction: string }[] }>(
    `/threads/${id}/messages`,
  );
  expect(data.filter(({ direction }) => direction === "outbound")).toHaveLength(1);
});
