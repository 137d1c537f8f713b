import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { checkPage } from "./page-version";

const TRIES = 4;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A component in a file of its own. Where that does not come it is asked for again, as React asks
 * only once; where the server has another version by now, the file is gone for good.
 */
export function lazyPart<P extends object>(
  load: () => Promise<ComponentType<P>>,
  firstPauseMs = 500,
): LazyExoticComponent<ComponentType<P>> {
  return lazy(async () => {
    for (let n = 0; ; n++) {
      try {
        return { default: await load() };
      } catch (error) {
        if (n === TRIES || (await checkPage())) throw error;
        await pause(firstPauseMs * 2 ** n);
      }
    }
  });
}
