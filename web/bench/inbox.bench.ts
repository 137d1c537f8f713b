import { type Browser, type CDPSession, type Page, test } from "@playwright/test";
import { gzipSync } from "node:zlib";
import { rowOf, SELECTORS } from "../e2e/selectors";
import { type Figure, keep, ofMany, ofOne } from "./figures";
import { observe, pressTimed } from "./probe";

const url = process.env["LOOPLANE_WEB_URL"] ?? "http://127.0.0.1:8765";
const secret = process.env["LOOPLANE_SESSION"] ?? "";
const isLarge = process.env["LOOPLANE_LARGE"] === "1";
const view = "/inbox/open";
// A short run is to see that all of it is found, not how long it takes.
const isShort = process.env["BENCH_SHORT"] === "1";
const [COLD, KEYS, SWITCHES, ROWS] = isShort ? [2, 10, 40, 500] : [10, 100, 500, 10_000];

test("the inbox is as fast as it is meant to be", async ({ browser }) => {
  test.setTimeout(15 * 60_000);
  const figures = await cold(browser);
  const page = await signedIn(browser);
  await page.goto(view);
  await page.locator(SELECTORS.row).first().waitFor();
  figures.push(await nextThread(page), await changedRow(page));
  if (isLarge) figures.push(await afterDone(page));
  figures.push(await switching(page));
  if (isLarge) figures.push(...(await scrolling(page)));
  keep(figures);
});

async function signedIn(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    timezoneId: "UTC",
  });
  const { hostname } = new URL(url);
  const cookie = { name: "looplane_session", value: secret, domain: hostname, path: "/api" };
  await context.addCookies([{ ...cookie, httpOnly: true, sameSite: "Strict" }]);
  // What is not there by then does not come: a run that waits longer says nothing.
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await observe(page);
  return page;
}

/** Each time a browser that has nothing of it yet. */
async function cold(browser: Browser): Promise<Figure[]> {
  const times: number[] = [];
  const shifts: number[] = [];
  let script = 0;
  for (let n = 0; n < COLD; n += 1) {
    const page = await signedIn(browser);
    const loaded: Promise<number>[] = [];
    page.on("response", (answer) => {
      if (!answer.url().endsWith(".js")) return;
      loaded.push(answer.body().then((body) => gzipSync(body, { level: 9 }).length));
    });
    await page.goto(view);
    await page.waitForFunction(() => window.notes.firstRow !== null);
    // What came for the first list; what is fetched once that is there is not waited for.
    page.removeAllListeners("response");
    script = (await Promise.all(loaded)).reduce((sum, size) => sum + size, 0);
    // The stream of events never ends, so that the network is never quiet.
    await page.waitForTimeout(2000);
    const notes = await page.evaluate(() => window.notes);
    times.push(notes.firstRow ?? NaN);
    shifts.push(notes.shift);
    await page.context().close();
  }
  return [
    ofMany("first list, cold", times, 1500, "median"),
    ofOne("initial JavaScript, gzip", script / 1000, 300, "KB"),
    ofOne("layout shift, the most", Math.max(...shifts), 0.05, ""),
  ];
}

async function timed(page: Page, press: (n: number) => Promise<void>): Promise<number[]> {
  await page.evaluate(() => (window.notes.keys = []));
  for (let n = 0; n < KEYS; n += 1) {
    await press(n);
    // Who reads is slower than that; what is due after a key is not to fall on the next one.
    await page.waitForTimeout(150);
  }
  return page.evaluate(() => window.notes.keys);
}

/** `j`, and back by `k` where the list is short. */
async function nextThread(page: Page): Promise<Figure> {
  // In the list alone `j` highlights a row, which Enter opens; from then on it opens the next one.
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.locator(SELECTORS.timeline).waitFor();
  const count = await page.locator(SELECTORS.row).count();
  const times = await timed(page, (n) =>
    pressTimed(page, directionOf(n, count), { is: "timeline" }),
  );
  return ofMany("next thread by j", times, 100);
}

/** `e`, which also changes the thread that is left, and its row leaves the list. */
async function afterDone(page: Page): Promise<Figure> {
  const times = await timed(page, () => pressTimed(page, "e", { is: "timeline" }));
  return ofMany("next thread after e", times, 100);
}

const directionOf = (n: number, rows: number): string => {
  const leg = isLarge ? Infinity : Math.max(1, rows - 2);
  return Math.floor(n / leg) % 2 === 0 ? "j" : "k";
};

async function changedRow(page: Page): Promise<Figure> {
  const open = page.locator(SELECTORS.timeline);
  const id = (await open.getAttribute("data-thread-id")) ?? "";
  await page.locator(rowOf(id)).waitFor();
  await page.keyboard.press("0");
  const times = await timed(page, (n) =>
    pressTimed(page, n % 2 === 0 ? "3" : "1", { is: "row", row: rowOf(id) }),
  );
  return ofMany("key press to changed row", times, 50);
}

async function heap(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? NaN;
}

/** What stays after many threads were looked at; what is kept on purpose is full before. */
async function switching(page: Page): Promise<Figure> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const rows = await page.locator(SELECTORS.row).count();
  const leg = Math.max(1, rows - 2);
  const sweep = async (times: number) => {
    for (let n = 0; n < times; n += 1) {
      await page.keyboard.press(Math.floor(n / leg) % 2 === 0 ? "k" : "j");
      await page.waitForTimeout(40);
    }
    await page.waitForTimeout(1000);
  };
  await sweep(2 * leg);
  const before = await heap(session);
  await sweep(SWITCHES);
  const growth = (await heap(session)) - before;
  await session.detach();
  return ofOne(`growth of memory over ${SWITCHES} threads`, growth / 1e6, 2, "MB");
}

/** Down as fast as the list comes, a window's height in four frames. */
async function scrolling(page: Page): Promise<Figure[]> {
  await page.goto(view);
  await page.locator(SELECTORS.row).first().waitFor();
  const { frames, seen } = await page.evaluate(
    async ({ selectors, wanted }) => {
      const scroller = document.querySelector(selectors.scroller);
      const first = document.querySelector(selectors.row);
      if (!scroller || !first) throw new Error("There is no list.");
      const height = first.getBoundingClientRect().height;
      const until = performance.now() + 240_000;
      const frames: number[] = [];
      let last = await new Promise<number>(requestAnimationFrame);
      while (scroller.scrollTop < wanted * height && performance.now() < until) {
        scroller.scrollTop += scroller.clientHeight / 4;
        const now = await new Promise<number>(requestAnimationFrame);
        frames.push(now - last);
        last = now;
      }
      return { frames, seen: Math.round(scroller.scrollTop / height) };
    },
    { selectors: SELECTORS, wanted: ROWS },
  );
  const tasks = await page.evaluate(() => window.notes.longTasks);
  return [
    ofOne(
      `longest frame, scrolling ${seen.toLocaleString("en")} rows`,
      Math.max(...frames),
      50,
      "ms",
    ),
    ofOne("… tasks over 50 ms", tasks.length, 0, ""),
    ofMany("… its frames", frames, 50),
  ];
}
