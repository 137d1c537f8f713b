/** Where each list was left, for as long as the page is there. */
const offsets = new Map<string, number>();

export function rememberOffset(list: string, offset: number): void {
  offsets.set(list, offset);
}

export function offsetOf(list: string): number {
  return offsets.get(list) ?? 0;
}
