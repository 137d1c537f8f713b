import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { mailIn, openThread, outgoing, replyOf, thread, writeReply } from "./journey";

/** What somebody else said, with the two ways on. */
const meanwhile = (page: Page): Locator =>
  page
    .getByRole("status")
    .filter({ hasText: "answered meanwhile" })
    .filter({ has: page.getByRole("button", { name: "Keep writing" }) });

test("two people in one thread see each other, and what they change", async ({
  api,
  openAs,
  page,
  receive,
}) => {
  const { id, title } = await mailIn(receive);
  const other = await openAs("USER");
  await Promise.all([openThread(page, id), openThread(other, id)]);
  const heading = (of: typeof page) => of.getByRole("main").getByRole("heading", { level: 2 });

  await test.step("one writes, and the other is told", async () => {
    await writeReply(other, "I am at it");
    // By the stream: asked every ten seconds alone, this would come too late.
    await expect(page.getByText(/^\S+ is writing a reply$/)).toBeVisible({ timeout: 4_000 });
  });

  await test.step("a title that one changes is the other's too", async () => {
    await heading(page).getByRole("button").click();
    await page.getByLabel("Title").fill(`${title}, renamed`);
    await page.keyboard.press("Enter");
    await expect(heading(other)).toContainText(`${title}, renamed`);
    await expect(replyOf(other)).toContainText("I am at it");
  });

  for (const [button, wanted] of [
    ["Keep theirs", "theirs, Keep theirs"],
    ["Use mine", "mine"],
  ] as const) {
    await test.step(`one field at once: ${button.toLowerCase()}`, async () => {
      // The other's change comes in between: on its way while this one is sent.
      let isFirst = true;
      await page.route(`**/api/v2/threads/${id}`, async (route) => {
        if (route.request().method() === "PATCH" && isFirst) {
          isFirst = false;
          await api.patch(`/threads/${id}`, { title: `${title} theirs, ${button}` });
        }
        await route.continue();
      });
      await heading(page).getByRole("button").click();
      await page.getByLabel("Title").fill(`${title} mine`);
      await page.keyboard.press("Enter");
      const box = page.getByRole("group", { name: "Title was changed twice" });
      await expect(box).toContainText(`${title} theirs, ${button}`);
      await expect(box).toContainText(`${title} mine`);
      await expect(box.getByRole("button")).toHaveText(["Keep theirs", "Use mine"]);
      await box.getByRole("button", { name: button }).click();
      await expect(box).toHaveCount(0);
      await page.unroute(`**/api/v2/threads/${id}`);
      await expect(heading(page)).toContainText(`${title} ${wanted}`);
      await expect.poll(async () => (await thread(api, id)).title).toBe(`${title} ${wanted}`);
    });
  }
});

test("two people who answer: the second is told, and nothing is sent by surprise", async ({
  api,
  openAs,
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  const other = await openAs("USER");
  await Promise.all([openThread(page, id), openThread(other, id)]);
  await writeReply(page, "The slow answer.");
  await writeReply(other, "The quick answer.");
  await other.keyboard.press("Control+Enter");
  await outgoing(other).getByRole("button", { name: "Send now" }).click();
  await expect(outgoing(other)).toHaveCount(0);

  const notice = meanwhile(page);
  await expect(notice).toContainText("The quick answer.");
  await replyOf(page).press("Control+Enter");
  await expect(notice.getByRole("button", { name: "Keep writing" })).toBeFocused();
  await expect(replyOf(page)).toContainText("The slow answer.");
  const said = () => api.get<{ data: { text: string }[] }>(`/threads/${id}/messages`);
  expect((await said()).data.map(({ text }) => text)).not.toContain("The slow answer.");
  await expect(outgoing(page)).toHaveCount(0);

  await page.keyboard.press("Enter");
  await expect(notice).toHaveCount(0);
  await page.keyboard.press("Control+Enter");
  await outgoing(page).getByRole("button", { name: "Send now" }).click();
  await expect(page.getByRole("article").filter({ hasText: "The slow answer." })).toBeVisible();
});

test("an answer that is told of only by the server is not passed over", async ({
  openAs,
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  await page.route("**/api/v2/events/stream*", (route) => route.abort());
  await page.route("**/api/v2/events?*", (route) => route.abort());
  await openThread(page, id);
  await writeReply(page, "Knowing nothing of it.");
  const other = await openAs("USER");
  await openThread(other, id);
  await writeReply(other, "Was first.");
  await other.keyboard.press("Control+Enter");
  await outgoing(other).getByRole("button", { name: "Send now" }).click();
  await expect(outgoing(other)).toHaveCount(0);

  await page.keyboard.press("Control+Enter");
  await expect(meanwhile(page)).toContainText("Was first.");
  await expect(replyOf(page)).toContainText("Knowing nothing of it.");
  await expect(outgoing(page)).toHaveCount(0);
});

test("a thread that another deletes is gone where it is open, and is back once undone", async ({
  openAs,
  page,
  receive,
}) => {
  const { id, title } = await mailIn(receive);
  const other = await openAs("USER");
  await Promise.all([openThread(page, id), openThread(other, id)]);
  await other.getByRole("button", { name: "More", exact: true }).click();
  await other.getByRole("menuitem", { name: "Delete the thread" }).click();
  await expect(page.getByText("This thread is not here")).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Details" })).toHaveText("");
  await other.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("main").getByRole("heading", { level: 2 })).toContainText(title);
});

test("what is written while another deletes the thread goes on, and is there once undone", async ({
  openAs,
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  const other = await openAs("USER");
  await Promise.all([openThread(page, id), openThread(other, id)]);
  await writeReply(page, "Half of it is saved, ");
  await expect(page.locator("[data-saved='saved']")).toBeVisible();
  await page.keyboard.type("half is not");
  await other.getByRole("button", { name: "More", exact: true }).click();
  await other.getByRole("menuitem", { name: "Delete the thread" }).click();

  await expect(page.getByText("This thread is not here")).toBeVisible();
  await expect(page.getByText("The thread was deleted meanwhile")).toBeVisible();
  // Letters go on being words: none of them is a key that does something.
  await expect(replyOf(page)).toBeFocused();
  await page.keyboard.type(", je z");
  await expect(page).toHaveURL(new RegExp(id));
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("alert")).toContainText("It was not sent.");
  await page.reload();
  await expect(page.getByText("This thread is not here")).toBeVisible();

  await other.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("This thread is not here")).toHaveCount(0);
  await expect(replyOf(page)).toHaveText("Half of it is saved, half is not, je z");
});
