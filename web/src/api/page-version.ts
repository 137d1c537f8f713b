import { signal } from "./signal";

/** True once the server has another version of this page. */
export const isPageOld = signal(false);

const MAIN = /<script[^>]*\stype="module"[^>]*\ssrc="([^"]+)"/;

/** Asks whether the server still has this page: its main file has another name in each version. */
export async function checkPage(): Promise<boolean> {
  const ours = document.querySelector("script[type='module'][src]")?.getAttribute("src");
  if (!ours || isPageOld.get()) return isPageOld.get();
  try {
    const response = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    const theirs = response.ok ? MAIN.exec(await response.text())?.[1] : undefined;
    if (theirs !== undefined && theirs !== ours) isPageOld.set(true);
  } catch {
    // A server that cannot be reached has said nothing of its version.
  }
  return isPageOld.get();
}
