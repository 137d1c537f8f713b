import { useThreadList } from "@/api/thread-lists";
import { useAction } from "@/lib/actions";
import type { Filters } from "@/lib/search-params";
import { stepFrom } from "./active-row";

/** The keys that go through the list, where the thread takes all of the screen. */
export function ListKeys({
  view,
  filters,
  openId,
  onOpen,
}: {
  view: string;
  filters: Filters;
  openId: string;
  onOpen: (id: string) => void;
}) {
  const { ids, left, hasMore, loadMore } = useThreadList(view, filters);
  const go = (step: number): void => {
    const id = stepFrom(ids, left, openId, step);
    if (hasMore && ids.indexOf(openId) > ids.length - 10) loadMore();
    if (id !== null && id !== openId) onOpen(id);
  };
  useAction("next", () => go(1));
  useAction("previous", () => go(-1));
  return null;
}
