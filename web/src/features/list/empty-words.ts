import { type Tab, isTab } from "@/lib/search-params";

const WORDS: Record<Tab, { title: string; text: string }> = {
  new: { title: "Nothing is new", text: "What customers write next appears here." },
  "needs-response": {
    title: "Nothing needs a response",
    text: "Threads of yours appear here when their customer waits for an answer.",
  },
  my: { title: "Nothing is yours", text: "Threads that are assigned to you appear here." },
  open: { title: "Nothing is open", text: "Every loop is closed, or waits for its time." },
  snoozed: {
    title: "Nothing is snoozed",
    text: "A thread that is put off waits here, and comes back by itself.",
  },
  done: { title: "Nothing is done yet", text: "Threads that are marked done are kept here." },
};

/** What an empty list says. */
export function emptyWords(view: string, hasFilters: boolean): { title: string; text: string } {
  if (hasFilters) {
    return {
      title: "Nothing meets these filters",
      text: "The view may have threads without them.",
    };
  }
  if (isTab(view)) return WORDS[view];
  return { title: "Nothing in this view", text: "Threads that meet its filters appear here." };
}
