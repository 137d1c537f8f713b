import { type ActionId, type Remapped, SHORTCUTS, keysOf } from "./shortcuts";

/** Whether one of two cannot be pressed without the other: the same, or its beginning. */
export function isSamePress(one: string, other: string): boolean {
  return one === other || other.startsWith(`${one} `) || one.startsWith(`${other} `);
}

/** The other actions that keys are taken by. */
export function conflictsOf(id: ActionId, keys: string, remapped: Remapped): ActionId[] {
  return SHORTCUTS.filter(
    (shortcut) =>
      shortcut.id !== id && keysOf(shortcut.id, remapped).some((taken) => isSamePress(keys, taken)),
  ).map((shortcut) => shortcut.id);
}

/** Gives an action its keys, and takes them from whom they were. */
export function withKeys(id: ActionId, keys: string, remapped: Remapped): Remapped {
  const changed: Remapped["keys"] = { ...remapped.keys, [id]: [keys] };
  for (const other of conflictsOf(id, keys, remapped)) {
    changed[other] = keysOf(other, remapped).filter((one) => !isSamePress(keys, one));
  }
  return { ...remapped, keys: changed };
}

/** As they come: but the keys that others were given meanwhile stay theirs. */
export function withDefault(id: ActionId, remapped: Remapped): Remapped {
  const keys = Object.fromEntries(
    Object.entries(remapped.keys).filter(([other]) => other !== id),
  ) as Remapped["keys"];
  const others = { ...remapped, keys };
  const free = keysOf(id, others).filter((one) => conflictsOf(id, one, others).length === 0);
  const isWhole = free.length === keysOf(id, others).length;
  return isWhole ? others : { ...others, keys: { ...keys, [id]: free } };
}
