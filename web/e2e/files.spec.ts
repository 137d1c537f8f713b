import { randomBytes } from "node:crypto";
import type { Locator } from "@playwright/test";
import { expect, test } from "./fixtures";
import { mailIn, openThread, outgoing, replyOf, startReply, writeReply } from "./journey";

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const pastePicture = (field: Locator): Promise<void> =>
  field.evaluate(
    (element, bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], "shot.png", { type: "image/png" }));
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    },
    [...PICTURE],
  );

test("five megabytes are sent, and come out as they went in", async ({ openAs, page, receive }) => {
  const { id } = await mailIn(receive);
  const content = randomBytes(5_000_000);
  const bodies: number[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT") bodies.push(request.postDataBuffer()?.length ?? 0);
  });
  await openThread(page, id);
  await writeReply(page, "Here is the recording.");
  await page.locator("input[type='file']").setInputFiles({
    name: "Recording.bin",
    mimeType: "application/octet-stream",
    buffer: content,
  });
  const files = page.getByRole("list", { name: "Attachments" });
  await expect(files.getByRole("listitem")).toContainText("Recording.bin");
  await expect(files.getByRole("listitem")).toContainText("5 MB");
  await expect(page.locator("[data-saved='saved']")).toBeVisible();
  expect(Math.max(...bodies)).toBeLessThan(2_000);

  const elsewhere = await openAs("ADMIN");
  await openThread(elsewhere, id, "?compose=reply");
  await expect(elsewhere.getByRole("list", { name: "Attachments" })).toContainText("5 MB");
  await elsewhere.close();

  // Taken back, it has its file again.
  await replyOf(page).focus();
  await page.keyboard.press("Control+Enter");
  await outgoing(page).getByRole("button", { name: "Undo" }).click();
  await expect(replyOf(page)).toContainText("Here is the recording.");
  await expect(files.getByRole("listitem")).toContainText("Recording.bin");
  await page.keyboard.press("Control+Enter");
  await outgoing(page).getByRole("button", { name: "Send now" }).click();

  const article = page.getByRole("article").filter({ hasText: "Here is the recording." });
  const link = article.getByRole("link", { name: /Recording.bin/ });
  await expect(link).toBeVisible({ timeout: 30_000 });
  const address = (await link.getAttribute("href")) ?? "";
  const answer = await page.request.get(address);
  expect((await answer.body()).equals(content)).toBe(true);
});

test("a picture that is pasted stands in the text, also after a reload", async ({
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  await openThread(page, id);
  await startReply(page);
  await expect(page.getByRole("toolbar", { name: "Formatting" })).toBeVisible();
  await pastePicture(replyOf(page));
  const picture = replyOf(page).getByRole("img", { name: "shot.png" });
  const isShown = () => picture.evaluate((one: HTMLImageElement) => one.naturalWidth);
  await expect.poll(isShown).toBe(1);
  await page.keyboard.type("As you see.");
  await expect(page.locator("[data-saved='saved']")).toBeVisible();
  await page.reload();
  await expect.poll(isShown).toBe(1);
  await expect(picture).toHaveAttribute("src", /outgoing-files/);
});

test("a picture that is pasted before the editor has come is attached", async ({
  page,
  receive,
}) => {
  const { id } = await mailIn(receive);
  await page.route("**/RichEditor-*.js", () => new Promise(() => undefined));
  await openThread(page, id);
  await startReply(page);
  await pastePicture(replyOf(page));
  await expect(page.getByRole("list", { name: "Attachments" })).toContainText("shot.png");
});

test("what is not uploaded says why, and can be tried again", async ({ page, receive }) => {
  const { id } = await mailIn(receive);
  await openThread(page, id);
  await writeReply(page, "With a file.");
  let isBroken = true;
  await page.route("**/api/app/outgoing-files", (route) =>
    isBroken
      ? route.fulfill({ status: 400, json: { code: "validation_failed", message: "It is empty." } })
      : route.continue(),
  );
  await page.locator("input[type='file']").setInputFiles({
    name: "a.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("words"),
  });
  // What is announced says the same.
  const reply = page.getByRole("region", { name: "Reply", exact: true });
  const files = reply.getByRole("list", { name: "Attachments" });
  await expect(files.getByRole("alert")).toContainText("It is empty.");
  await replyOf(page).focus();
  await page.keyboard.press("Control+Enter");
  await expect(reply.getByText("“a.txt” is not attached")).toBeVisible();
  isBroken = false;
  await files.getByRole("button", { name: "Try again: a.txt" }).click();
  await expect(files.getByRole("listitem")).toContainText("5 B");
  await expect(reply.getByText("is not attached")).toHaveCount(0);
  await files.getByRole("button", { name: "Remove a.txt" }).click();
  await expect(files).toHaveCount(0);
});

test("a note takes no picture, and says so until it is gone on with", async ({ page, receive }) => {
  const { id } = await mailIn(receive);
  await openThread(page, id, "?compose=comment");
  const note = page.getByRole("region", { name: "Note to the team" });
  const field = note.getByRole("textbox", { name: "Note to the team" });
  await expect(note.getByRole("toolbar", { name: "Formatting" })).toBeVisible();
  await pastePicture(field);
  await expect(note.getByText("A note takes no files.")).toBeVisible();
  await expect(note.getByText("was not added")).toHaveCount(0);
  await field.pressSequentially("A link");
  await expect(note.getByText("A note takes no files.")).toHaveCount(0);
});
