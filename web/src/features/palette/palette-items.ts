import type { ReactNode } from "react";

export interface PaletteItem {
  id: string;
  group: string;
  label: string;
  /** Beside the label, quieter. */
  detail?: string | undefined;
  /** What the words are looked for in, where that is more than the label. */
  text?: string;
  keys?: readonly string[];
  icon?: ReactNode;
  /** Why it cannot be done now. */
  needs?: string | undefined;
  run: () => void;
}

export const textOf = (item: PaletteItem): string => item.text ?? `${item.label} ${item.group}`;
