/**
 * Whether a key is for the input method that is putting letters together. Safari ends that before
 * it tells of the key, and says it by a number alone.
 */
export function isComposing(event: KeyboardEvent): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else says it there
  return event.isComposing || event.keyCode === 229;
}

/** Keeps what floats from closing by such a key. */
export function keepWhileComposing(event: KeyboardEvent): void {
  if (isComposing(event)) event.preventDefault();
}
