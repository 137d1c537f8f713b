import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx";
import { keepWhileComposing } from "./composing";
import styles from "./floating.module.css";
import { useReturnFocus } from "./return-focus";

export function Popover({
  trigger,
  label,
  children,
  align = "start",
  open,
  onOpenChange,
}: {
  /** A Button or an IconButton. */
  trigger: ReactNode;
  /** What is in it, for those who do not see it. */
  label: string;
  children: ReactNode;
  align?: "start" | "center" | "end";
  open?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}) {
  const focus = useReturnFocus(true);
  return (
    <Radix.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange } : {})}
    >
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={cx(styles.floating, styles.padded)}
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onEscapeKeyDown={keepWhileComposing}
          {...focus}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
