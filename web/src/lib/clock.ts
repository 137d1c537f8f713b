// Clocks of devices are off by minutes, and by hours where the zone was set by hand. What counts is
// the server's: it is what messages are dated by, held back and woken.
const TOLERATED_MS = 2_000;
const MOST_WAIT_MS = 10_000;
let behind = 0;

/** Learns the time from the `Date` of an answer to what was asked `askedAt`, by this device. */
export function learnTime(date: string | null, askedAt: number): void {
  const cameAt = Date.now();
  const said = Date.parse(date ?? "");
  // Of what was long under way nobody knows when it was answered.
  if (Number.isNaN(said) || cameAt - askedAt > MOST_WAIT_MS) return;
  // It says whole seconds, of a moment between the two.
  const off = said + 500 - (askedAt + cameAt) / 2;
  behind = Math.abs(off) < TOLERATED_MS ? 0 : off;
}

/** The time that it is, whatever this device thinks. */
export const timeNow = (): number => Date.now() + behind;

export const dateNow = (): Date => new Date(timeNow());
