/**
 * What the inbox promises to those who drive it, as CSS: roles and `data-` attributes, no classes.
 * The measurements in `web/bench` look for these inside the page.
 */
export const SELECTORS = {
  /** What scrolls the rows of the list. */
  scroller: "[data-list-scroller]",
  /** A row of the list, of the thread in its `data-thread-id`. */
  row: "[role='row'][data-thread-id]",
  /** The thread that is open, by its `data-open-thread-id`, once its messages are there. */
  openThread: "[data-open-thread-id]:not([aria-busy='true'])",
} as const;

export const row = (id: string): string => `[role='row'][data-thread-id='${id}']`;
