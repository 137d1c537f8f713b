import type { Tab } from "./search-params";

/** What the views that everyone has are called. */
export const TAB_NAMES: Record<Tab, string> = {
  new: "New",
  "needs-response": "Needs response",
  my: "My",
  open: "Open",
  snoozed: "Snoozed",
  done: "Done",
};
