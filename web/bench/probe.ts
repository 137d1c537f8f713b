import type { Page } from "@playwright/test";
import { SELECTORS } from "../e2e/selectors";

/** What the page notes of itself, in milliseconds since it was asked for. */
export interface Notes {
  /** When the first row of the list was painted. */
  firstRow: number | null;
  /** Layout shifts that no input had called for, added up. */
  shift: number;
  /** Of each measured key: from its press to the frame in which its effect was there. */
  keys: number[];
  /** Of each input that took longer than a frame, by Event Timing. */
  inputs: number[];
  longTasks: number[];
}

declare global {
  interface Window {
    notes: Notes;
    /** Notes how long a key takes until `isThere` has another answer than at its press. */
    timeKey: (answerOf: () => string | null) => Promise<void>;
  }
}

/** Lets every page of the context note these, from its first moment on. */
export async function observe(page: Page): Promise<void> {
  await page.addInitScript(
    ({ rowSelector }) => {
      const notes: Notes = { firstRow: null, shift: 0, keys: [], inputs: [], longTasks: [] };
      window.notes = notes;
      const watch = (type: string, note: (entry: PerformanceEntry) => void, more = {}) => {
        const observer = new PerformanceObserver((list) => list.getEntries().forEach(note));
        observer.observe({ type, buffered: true, ...more });
      };
      watch("layout-shift", (entry) => {
        const shift = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
        if (!shift.hadRecentInput) notes.shift += shift.value;
      });
      watch("event", (entry) => notes.inputs.push(entry.duration), { durationThreshold: 16 });
      watch("longtask", (entry) => notes.longTasks.push(entry.duration));

      const painted = (then: () => void) => requestAnimationFrame(() => setTimeout(then));
      const first = new MutationObserver(() => {
        if (!document.querySelector(rowSelector)) return;
        first.disconnect();
        painted(() => (notes.firstRow = performance.now()));
      });
      first.observe(document, { childList: true, subtree: true });

      window.timeKey = (answerOf) =>
        new Promise((resolve, reject) => {
          let pressedAt = 0;
          let before: string | null = null;
          const changes = new MutationObserver(() => {
            if (pressedAt === 0 || answerOf() === before) return;
            changes.disconnect();
            painted(() => {
              clearTimeout(patience);
              notes.keys.push(performance.now() - pressedAt);
              resolve();
            });
          });
          const patience = setTimeout(() => {
            changes.disconnect();
            reject(new Error("A key had no effect within 10 seconds."));
          }, 10_000);
          addEventListener(
            "keydown",
            (event) => {
              before = answerOf();
              pressedAt = event.timeStamp;
            },
            { capture: true, once: true },
          );
          changes.observe(document, {
            subtree: true,
            childList: true,
            attributes: true,
            characterData: true,
          });
        });
    },
    { rowSelector: SELECTORS.row },
  );
}

/** Of a key: another thread is open and read, or this row shows something else. */
export type Effect = { is: "timeline" } | { is: "row"; row: string };

/** Presses a key, and waits until its effect was painted; the page notes how long that took. */
export async function pressTimed(page: Page, key: string, effect: Effect): Promise<void> {
  // The page listens from when the call has come in; it ends once the effect is there.
  const listening = page.evaluate(
    ({ effect, timeline }) => {
      const answerOf = () => {
        if (effect.is === "row") return document.querySelector(effect.row)?.innerHTML ?? null;
        return document.querySelector<HTMLElement>(timeline)?.dataset["threadId"] ?? null;
      };
      const before = answerOf();
      // While it loads there is no answer, and that is no effect yet.
      return window.timeKey(() => answerOf() ?? before);
    },
    { effect, timeline: SELECTORS.timeline },
  );
  await page.evaluate(() => undefined);
  await page.keyboard.press(key);
  await listening;
}
