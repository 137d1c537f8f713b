import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";

const dot =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgAAIAAAUAAeImBZsAAAAASUVORK5CYII=";

/** What the page that shows a mail can learn of its frame. */
async function framed(page: Page, path: string) {
  return page.evaluate(async (src) => {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
    frame.src = src;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.body.append(frame);
    await loaded;
    const inside = frame.contentDocument;
    if (!inside) throw new Error("The frame keeps its document to itself.");
    const before = inside.body.offsetHeight;
    const resized = new Promise((resolve) => {
      const observer = new ResizeObserver(() => {
        if (inside.body.offsetHeight !== before) resolve(true);
      });
      observer.observe(inside.body);
    });
    inside.querySelector("summary")?.click();
    const isTold = await Promise.race([
      resized,
      new Promise((resolve) => setTimeout(() => resolve(false), 20_000)),
    ]);
    let heard = "";
    inside.addEventListener("keydown", (event) => {
      heard = event.key;
    });
    inside.dispatchEvent(new KeyboardEvent("keydown", { key: "j" }));
    const picture = inside.querySelector<HTMLImageElement>("img[src]");
    return {
      before,
      isTold,
      heard,
      remote: inside.documentElement.dataset["remoteImages"],
      pictureWidth: picture?.naturalWidth,
      hasRun: "hacked" in window,
    };
  }, path);
}

test("a mail is measured from outside, and runs nothing", async ({ page, receive, guards }) => {
  const { thread_id, message_id } = await receive({
    email: "grace@navy.example",
    subject: "Frame",
    html:
      "<p>Hello</p><script>parent.hacked = 1</script><img src=x onerror='parent.hacked = 1'>" +
      '<img src="cid:dot@mail"><img src="https://tracker.example/open.gif">' +
      "<blockquote><p>Earlier words</p></blockquote>",
    files: [{ name: "dot.png", content_type: "image/png", content: dot, content_id: "dot@mail" }],
  });
  await page.goto("/inbox/open");
  const path = `/api/app/messages/${thread_id}/${message_id}/frame`;
  const seen = await framed(page, path);
  expect(seen).toMatchObject({ isTold: true, remote: "1", pictureWidth: 1, hasRun: false });
  expect(seen.before).toBeGreaterThan(20);

  // Even a page that came through with a script in it would run nothing.
  await page.route(`**${path}?hostile`, async (route) => {
    const answer = await route.fetch({ url: route.request().url().replace("?hostile", "") });
    await route.fulfill({
      response: answer,
      body: "<body><script>parent.hacked = 1</script><p onclick='1'>Hello</p></body>",
    });
  });
  guards.allow(/Content.Security.Policy|Blocked script execution/);
  expect(await framed(page, `${path}?hostile`)).toMatchObject({ hasRun: false });
});
