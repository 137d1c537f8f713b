import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { readThread, readThreads } from "./cache";
import { signal } from "./signal";
import type { Thread } from "./types";

const KEPT = 20;
const recent = signal<readonly string[]>([]);

/** Remembers, as long as the page is there, which threads were opened last. */
export function useRememberThread(id: string | undefined): void {
  useEffect(() => {
    if (id === undefined) return;
    recent.set([id, ...recent.get().filter((one) => one !== id)].slice(0, KEPT));
  }, [id]);
}

/** All threads that are loaded: those that were opened last first, then in no order. */
export function useLoadedThreads(): Thread[] {
  const client = useQueryClient();
  const opened = recent.get();
  const known = new Set(opened);
  const others = readThreads(client).filter(({ id }) => !known.has(id));
  return [...opened.flatMap((id) => readThread(client, id) ?? []), ...others];
}
