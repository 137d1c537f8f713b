import { expect, test } from "./fixtures";
import {
  mailIn,
  outgoing,
  replyOf,
  startReply,
  tabTo,
  tagged,
  thread,
  writeReply,
} from "./journey";
import { SELECTORS, rowOf } from "./selectors";

test.use({ server: "of the day" });

test("the day of a support agent, by the keyboard alone", async ({
  api,
  looplane,
  openAsNobody,
  receive,
}) => {
  test.setTimeout(120_000);
  const page = await openAsNobody();
  const keys = page.keyboard;
  const head = page.getByRole("main").getByRole("heading", { level: 2 });
  const opened = async (title: string): Promise<void> => {
    await expect(head).toContainText(title);
    await expect(page.locator(SELECTORS.timeline)).toBeVisible();
  };
  /** Somebody without a mouse is somewhere, and not thrown back to the top of the page. */
  const isSomewhere = (): Promise<void> =>
    expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true);
  const third = await mailIn(receive, "Third of the day");
  const second = await mailIn(receive, "Second of the day");
  const first = await mailIn(receive, "First of the day");
  const all = [first, second, third];
  const tag = await tagged(
    api,
    all.map(({ id }) => id),
  );

  await test.step("the link of the first run leads to the list", async () => {
    await page.goto(looplane.greeting.inbox);
    await expect(page.getByLabel("Your name")).toBeVisible();
    await tabTo(page, page.getByLabel("E-mail"));
    await keys.press("Control+a");
    await keys.type("ada@example.com");
    await tabTo(page, page.getByLabel("Password", { exact: true }));
    await keys.type("a horse on a staple");
    await keys.press("Enter");
    await expect(page).toHaveURL(/\/inbox\/needs-response$/);
    await expect(page.locator(SELECTORS.row).first()).toBeVisible();
  });

  await test.step("o and j open one thread after the other", async () => {
    await page.goto(`/inbox/open?tag=${tag}`);
    await expect(page.locator(SELECTORS.row)).toHaveCount(3);
    await expect(page.locator(rowOf(first.id)).getByLabel("Unread")).toBeVisible();
    await keys.press("j");
    await keys.press("o");
    await opened(first.title);
    await keys.press("j");
    await opened(second.title);
    await keys.press("k");
    await opened(first.title);
    await expect(page.locator(rowOf(first.id)).getByLabel("Unread")).toHaveCount(0);
    await keys.press("u");
    await expect(page.locator(rowOf(first.id))).toBeFocused();
    await keys.press("o");
    await opened(first.title);
  });

  await test.step("an answer is held back, taken back, and there again", async () => {
    await writeReply(page, "It works by itself.");
    await keys.press("Control+Enter");
    await expect(outgoing(page)).toContainText(`Sending to ${first.email}`);
    await expect(replyOf(page)).toHaveCount(0);
    await keys.press("z");
    await expect(replyOf(page)).toContainText("It works by itself.");
    await expect(outgoing(page)).toHaveCount(0);
  });

  await test.step("sent and done, the next thread is there", async () => {
    await startReply(page);
    await tabTo(page, page.getByRole("button", { name: "Send, and then" }));
    await keys.press("Enter");
    await expect(page.getByRole("menuitem", { name: "Send", exact: false }).first()).toBeFocused();
    await keys.press("ArrowDown");
    await expect(page.getByRole("menuitem", { name: "Send and mark done" })).toBeFocused();
    await keys.press("Enter");
    await opened(second.title);
    await expect(outgoing(page)).toContainText(`Sending to ${first.email}`);
    await tabTo(page, outgoing(page).getByRole("button", { name: "Send now" }), 200);
    await keys.press("Enter");
    await expect(outgoing(page)).toHaveCount(0);
    await expect(page.locator(rowOf(first.id))).toHaveCount(0);
    const after = await thread(api, first.id);
    expect(after.status).toBe("done");
    expect(after.last_outbound_message_at).not.toBeNull();
  });

  await test.step("snoozed in words, and woken", async () => {
    await keys.press("h");
    await expect(page.getByRole("dialog", { name: "Snooze" })).toBeVisible();
    await keys.type("in 3h");
    await expect(page.getByRole("option").first()).toContainText(/\d\d:\d\d/);
    await keys.press("Enter");
    await opened(third.title);
    await expect(page.locator(rowOf(second.id))).toHaveCount(0);
    await page.goto(`/inbox/snoozed?tag=${tag}`);
    await expect(page.locator(rowOf(second.id))).toBeVisible();
    await keys.press("j");
    await keys.press("o");
    await opened(second.title);
    await keys.press("h");
    await keys.type("wake");
    await expect(page.getByRole("option", { name: /Wake it now/ })).toBeVisible();
    await keys.press("Enter");
    await expect(page.locator(rowOf(second.id))).toHaveCount(0);
    await expect.poll(async () => (await thread(api, second.id)).status).toBe("open");
  });

  await test.step("assigned, tagged, and how much it hurts", async () => {
    await keys.press("i");
    await keys.press("3");
    await keys.press("t");
    await expect(page.getByRole("combobox", { name: "Tags" })).toBeFocused();
    await keys.type("Of the day");
    await expect(page.getByRole("option", { name: /^Create/ }).first()).toBeVisible();
    await keys.press("Enter");
    await expect(page.getByRole("option", { name: /^Create/ })).toHaveCount(0);
    await keys.press("Control+Enter");
    const side = page.getByRole("complementary", { name: "Details" });
    await expect(side).toContainText("Of the day");
    await expect(side).toContainText("High");
    await keys.press("a");
    await expect(page.getByRole("combobox", { name: "Assignee" })).toBeFocused();
    await keys.type("Nobody");
    await keys.press("Enter");
    await expect
      .poll(async () => {
        const now = await thread(api, second.id);
        return [now.assignee, now.pain_level, now.tags.length];
      })
      .toEqual([null, "HIGH", 2]);
  });

  await test.step("a note to the team that mentions somebody", async () => {
    const { data } = await api.get<{ data: { name: string | null; email: string }[] }>("/members");
    const name = data.map((one) => one.name ?? one.email).find((one) => one !== "Ada Lovelace");
    await keys.press("c");
    await expect(page.getByRole("textbox", { name: "Note to the team" })).toBeFocused();
    await keys.type(`Look at this, @${name?.slice(0, 4)}`);
    await expect(page.getByRole("option").first()).toBeVisible();
    await keys.press("Enter");
    await expect(page.getByRole("textbox", { name: "Note to the team" })).toContainText(`@${name}`);
    await keys.press("Control+Enter");
    await expect(page.getByRole("article").filter({ hasText: "Look at this" })).toContainText(
      "Team only",
    );
  });

  await test.step("a project is linked", async () => {
    await keys.press("p");
    await expect(page.getByRole("combobox", { name: "Projects and issues" })).toBeFocused();
    await expect(page.getByRole("option").first()).toBeVisible();
    await keys.press("Enter");
    await keys.press("Control+Enter");
    await expect
      .poll(async () => (await thread(api, second.id)).customer_needs.length)
      .toBeGreaterThan(0);
  });

  await test.step("the loop is closed, seen among what is done, and taken back", async () => {
    await keys.press("Shift+e");
    await expect.poll(async () => (await thread(api, second.id)).status).toBe("done");
    await keys.press("g");
    await keys.press("d");
    await expect(page).toHaveURL(/\/inbox\/done/);
    await expect(page.locator(rowOf(second.id))).toBeVisible();
    await isSomewhere();
    await keys.press("z");
    await expect(page.locator(rowOf(second.id))).toHaveCount(0);
    await expect.poll(async () => (await thread(api, second.id)).status).toBe("open");
  });

  await test.step("an action by its name, and all the keys", async () => {
    await keys.press("Control+k");
    await expect(page.getByRole("combobox", { name: "Find an action" })).toBeFocused();
    await keys.type("go to mine");
    await keys.press("Enter");
    await expect(page).toHaveURL(/\/inbox\/my/);
    await keys.press("?");
    await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
    await keys.press("Escape");
    await expect(page.getByRole("dialog", { name: "Keys" })).toHaveCount(0);
    await isSomewhere();
  });
});
