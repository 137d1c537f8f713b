import { useCallback, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(`looplane.${key}`);
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`looplane.${key}`);
    else localStorage.setItem(`looplane.${key}`, value);
  } catch {
    // Without storage a choice lasts as long as the page.
  }
  for (const listener of [...listeners]) listener();
}

/** The names of all that is kept here, which begin so. */
export function storedNames(beginning = ""): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(`looplane.${beginning}`))
      .map((key) => key.slice("looplane.".length));
  } catch {
    return [];
  }
}

export function forgetStored(isForgotten: (name: string) => boolean): void {
  for (const name of storedNames().filter(isForgotten)) writeStored(name, null);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** A choice that this browser remembers, the same in all tabs. */
export function useStored(
  key: string,
  initial: string,
): readonly [string, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => readStored(key)) ?? initial;
  const set = useCallback((next: string) => writeStored(key, next), [key]);
  return [value, set];
}

export function useStoredFlag(
  key: string,
  initial: boolean,
): readonly [boolean, (value: boolean) => void] {
  const [value, set] = useStored(key, String(initial));
  return [value === "true", useCallback((next: boolean) => set(String(next)), [set])];
}
