import type { ReactNode } from "react";

/** What all pickers take. */
export interface PickerProps {
  open?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  /** The button that opens it. Without one it opens in the middle of the page, as by a key. */
  trigger?: ReactNode;
  /** What it opens beside, where the button is elsewhere and only asks for it. */
  anchor?: Element | null;
  align?: "start" | "end";
}

/** Only what was given, for props that may be left out but not be undefined. */
export function given({ open, onOpenChange, trigger, anchor, align }: PickerProps): PickerProps {
  return {
    ...(open !== undefined && { open }),
    ...(onOpenChange && { onOpenChange }),
    ...(trigger !== undefined && { trigger }),
    ...(anchor !== undefined && { anchor }),
    ...(align && { align }),
  };
}
