import { signal } from "@/api/signal";

/** The thread whose reply takes the focus as it opens, where something else than the page opens it. */
export const focusWantedIn = signal<string | null>(null);
