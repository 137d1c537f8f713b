import { type Page, expect, test } from "@playwright/test";
import { fakeServer, fakeThread } from "./fake";

const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

interface Fake {
  thread: ReturnType<typeof fakeThread> & Record<string, unknown>;
  messages: Record<string, unknown>[];
  reply: Record<string, unknown> | null;
  held: Record<string, unknown>[];
  sent: Record<string, unknown>[];
}

const message = (id: string, text: string) => ({
  id,
  thread_id: "t1",
  type: "email",
  direction: "outbound",
  subject: "",
  from: { name: "Hedda", email: "hedda@firm.example" },
  to: [],
  cc: [],
  bcc: [],
  text,
  html: `<p>${text}</p>`,
  attachments: [],
  user_id: "m2",
  created_at: at(0),
});

/** A server that keeps unsent text and held messages, for one thread. */
async function fakeComposer(page: Page): Promise<Fake> {
  await fakeServer(page);
  const fake: Fake = {
    thread: { ...fakeThread(1) },
    messages: [message("x1", "First")],
    reply: null,
    held: [],
    sent: [],
  };
  const unsent = () => ({ thread_id: "t1", reply: fake.reply, comment: null });
  const list = (data: unknown[]) => ({ data, page: { cursor: null, has_more: false, limit: 50 } });
  await page.route("**/api/v2/threads/t1", (route) =>
    route.fulfill({ json: fake.thread, headers: { ETag: `"${Date.now()}"` } }),
  );
  await page.route("**/api/v2/threads/t1/messages*", (route) =>
    route.fulfill({ json: list(fake.messages) }),
  );
  await page.route("**/api/app/unsent", (route) => route.fulfill({ json: list([]) }));
  await page.route("**/api/app/unsent/t1", (route) => {
    if (route.request().method() === "PUT") {
      const { html } = route.request().postDataJSON() as { html: string };
      fake.reply =
        html === ""
          ? null
          : {
              html,
              cc: [],
              bcc: [],
              attachments: [],
              ai_draft_generated_at: null,
              updated_at: at(0),
              problem: null,
            };
    }
    return route.fulfill({ json: unsent() });
  });
  await page.route("**/api/app/held", (route) => {
    if (route.request().method() === "GET") return route.fulfill({ json: list(fake.held) });
    const body = route.request().postDataJSON() as Record<string, unknown>;
    if (body["expected_last_message_id"] !== fake.messages[0]?.["id"]) {
      return route.fulfill({
        status: 412,
        json: { code: "precondition_failed", message: "There is a newer message." },
      });
    }
    fake.sent.push(body);
    const held = {
      id: "h1",
      thread_id: "t1",
      state: "held",
      content: body["content"],
      cc: [],
      bcc: [],
      then: body["then"] ?? {},
      held_for: 10,
      due_at: at(10 / 60),
      created_at: at(0),
      message_id: null,
    };
    fake.reply = null;
    fake.held = [held];
    return route.fulfill({ json: held });
  });
  await page.route("**/api/app/held/h1", (route) => {
    fake.reply = {
      html: fake.held[0]?.["content"],
      cc: [],
      bcc: [],
      attachments: [],
      ai_draft_generated_at: null,
      updated_at: at(0),
      problem: null,
    };
    fake.held = [];
    return route.fulfill({ json: unsent() });
  });
  return fake;
}

const field = (page: Page) => page.getByRole("textbox", { name: "Your reply" });

async function write(page: Page, words: string): Promise<void> {
  await page.goto("/inbox/open/t1");
  await expect(page.getByRole("button", { name: /Reply to/ })).toBeVisible();
  await page.keyboard.press("r");
  await expect(field(page)).toBeFocused();
  await page.keyboard.type(words);
}

test("what is typed is there after a reload", async ({ page }) => {
  const fake = await fakeComposer(page);
  await write(page, "Half a sentence");
  await page.reload();
  await expect(field(page)).toHaveText("Half a sentence");
  await expect.poll(() => fake.reply?.["html"]).toBe("<p>Half a sentence</p>");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
});

test("a draft that arrives while somebody types is offered, and replaces nothing", async ({
  page,
}) => {
  const fake = await fakeComposer(page);
  await write(page, "My own words");
  fake.thread = {
    ...fake.thread,
    updated_at: at(1),
    ai_draft_html: "<p>The draft</p>" as never,
    ai_draft_generated_at: at(1) as never,
  };
  await page.reload();
  await expect(page.getByRole("button", { name: /Use AI draft/ })).toBeVisible();
  await expect(field(page)).toHaveText("My own words");
  await page.getByRole("button", { name: /Use AI draft/ }).click();
  await page.getByRole("button", { name: "Insert below" }).click();
  await expect(field(page)).toContainText("My own words");
  await expect(field(page)).toContainText("The draft");
});

test("a message is held, survives a reload, and z brings it back", async ({ page }) => {
  await fakeComposer(page);
  await write(page, "On its way");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Outgoing messages" })).toBeHidden();
  await page.keyboard.press("Control+Enter");
  const bar = page.getByRole("region", { name: "Outgoing messages" });
  await expect(bar).toContainText("Sending to grace@navy.example");
  await page.reload();
  await expect(bar).toContainText("Undo");
  await page.keyboard.press("z");
  await expect(field(page)).toContainText("On its way");
  await expect(bar).toBeHidden();
});

test("who answered meanwhile is shown, and nothing is sent", async ({ page }) => {
  const fake = await fakeComposer(page);
  await write(page, "Too late");
  fake.messages = [message("x2", "I was faster"), ...fake.messages];
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("answered meanwhile")).toBeVisible();
  await expect(page.getByRole("region", { name: "Reply" }).getByText("I was faster")).toBeVisible();
  await expect(field(page)).toHaveText("Too late");
  expect(fake.sent).toEqual([]);
  await page.getByRole("button", { name: "Send anyway" }).click();
  await expect.poll(() => fake.sent.length).toBe(1);
});
