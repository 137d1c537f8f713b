/**
 * What the inbox promises to those who drive it, as CSS: roles and `data-` attributes, no classes.
 * The measurements in `web/bench` look for these inside the page.
 */
export const SELECTORS = {
  /** What scrolls the rows of the list. */
  scroller: ":has(> [role='grid'])",
  /** A row of the list, of the thread in its `data-id`. */
  row: "[role='grid'] [role='row'][data-id]",
  /** What was said in the thread of its `data-thread-id`, once that is there. */
  timeline: "[role='feed'][data-thread-id]:not([aria-busy='true'])",
} as const;

export const rowOf = (id: string): string => `[role='grid'] [role='row'][data-id='${id}']`;
