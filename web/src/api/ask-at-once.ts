import type { QueryClient, QueryKey } from "@tanstack/react-query";

const AT_MOST_EVERY_MS = 1_000;
/** What was asked for within the last second, and whether it is to be asked for once more. */
const asked = new WeakMap<QueryClient, Map<string, boolean>>();

/** Reads anew at once, and of many changes that follow only once a second. */
export function askAtOnce(client: QueryClient, queryKey: QueryKey): void {
  const lately = asked.get(client) ?? new Map<string, boolean>();
  asked.set(client, lately);
  const name = JSON.stringify(queryKey);
  if (lately.has(name)) {
    lately.set(name, true);
    return;
  }
  lately.set(name, false);
  void client.invalidateQueries({ queryKey });
  setTimeout(() => {
    const isAgain = lately.get(name);
    lately.delete(name);
    if (isAgain) askAtOnce(client, queryKey);
  }, AT_MOST_EVERY_MS);
}
