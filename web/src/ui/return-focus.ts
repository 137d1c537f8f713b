import { useState } from "react";

const hasFocusElsewhere = (): boolean => {
  const at = document.activeElement;
  return at !== null && at !== document.body;
};

const focused = (): HTMLElement | null =>
  document.activeElement instanceof HTMLElement && hasFocusElsewhere()
    ? document.activeElement
    : null;

/**
 * Gives the focus back once a panel is closed. Not where it is elsewhere by then: a key that was
 * pressed at once may have opened another panel, which would close as it loses the focus.
 */
export function useReturnFocus(hasTrigger = false) {
  const [returning] = useState(() => {
    // Where a field in it takes the focus by itself, the panel is not asked as it opens.
    let before = focused();
    return {
      onOpenAutoFocus: (): void => {
        before = focused();
      },
      toBefore: (event: Event, isTriggered: boolean): void => {
        if (hasFocusElsewhere()) return event.preventDefault();
        // What a key opened has no trigger that the focus could go back to.
        if (isTriggered || before === null) return;
        event.preventDefault();
        before.focus();
      },
    };
  });
  return {
    onOpenAutoFocus: returning.onOpenAutoFocus,
    onCloseAutoFocus: (event: Event): void => returning.toBefore(event, hasTrigger),
  };
}
