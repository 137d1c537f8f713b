import { expect, type Locator, type Page } from "@playwright/test";
import type { Api, Thread } from "./api";
import { SELECTORS } from "./selectors";
import type { Inbound } from "./server";

type Receive = (message: Inbound) => Promise<{ message_id: string; thread_id: string }>;

export interface Waiting {
  id: string;
  title: string;
  email: string;
}

const mark = (): string => Math.random().toString(36).slice(2, 10);

/** A customer's mail, in a thread of its own; `title` is its subject. */
export async function mailIn(
  receive: Receive,
  title = `Question ${mark()}`,
  said = "How does it work?",
): Promise<Waiting> {
  const email = `${mark()}@customer.example`;
  const html = `<p>${said}</p>`;
  const { thread_id } = await receive({ email, name: "Grace Hopper", html, subject: title });
  return { id: thread_id, title, email };
}

/** Marks threads with a tag of their own, so that `?tag=` lists them and no others. */
export async function tagged(api: Api, ids: readonly string[]): Promise<string> {
  const { data } = await api.get<{ data: { id: string }[] }>("/tags/groups");
  const tag = await api.post<{ id: string }>("/tags", {
    name: `Tag ${mark()}`,
    color: "#226688",
    icon: "Notepad",
    tag_group_id: data[0]?.id,
  });
  await api.post("/threads/bulk", { ids, update: { tag_ids: [tag.id] } });
  return tag.id;
}

export const thread = (api: Api, id: string): Promise<Thread> => api.get(`/threads/${id}`);

/** Opens a thread by its address, and waits until what was said in it is there. */
export async function openThread(page: Page, id: string, search = ""): Promise<void> {
  await page.goto(`/inbox/open/${id}${search}`);
  await expect(page.locator(SELECTORS.timeline)).toHaveAttribute("data-thread-id", id);
}

export const replyOf = (page: Page): Locator => page.getByRole("textbox", { name: "Your reply" });

/** Opens the reply by its key, and waits until it can be typed into. */
export async function startReply(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: /^Reply/ }).first()).toBeVisible();
  await page.keyboard.press("r");
  await expect(replyOf(page)).toBeFocused();
}

/** Opens the reply by its key and types. */
export async function writeReply(page: Page, words: string): Promise<void> {
  await startReply(page);
  await page.keyboard.type(words);
  await expect(replyOf(page)).toContainText(words);
}

export const outgoing = (page: Page): Locator =>
  page.getByRole("region", { name: "Outgoing messages" });

/** Presses Tab until something has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, wanted: Locator, most = 40): Promise<void> {
  for (let n = 0; n < most; n++) {
    if (await wanted.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(wanted).toBeFocused();
}
