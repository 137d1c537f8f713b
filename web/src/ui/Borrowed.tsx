import { type Ref, useImperativeHandle } from "react";

/**
 * In the place of a trigger of Radix, within `asChild`: gives it an element that is on the screen
 * already. What floats is then made once it is wanted, and its button stays the same element.
 */
export function Borrowed({ element, ref }: { element: HTMLElement; ref?: Ref<HTMLElement> }) {
  useImperativeHandle(ref, () => element, [element]);
  return null;
}
