import { Popover as Radix } from "radix-ui";
import type { ReactNode, Ref } from "react";
import { cx } from "./cx";
import styles from "./floating.module.css";
import { useReturnFocus } from "./return-focus";

/** What opens beside its button, beside something else, or in the middle of the page. */
export function FloatingPanel({
  open,
  onOpenChange,
  label,
  trigger,
  triggerRef,
  anchor,
  align = "start",
  side = "bottom",
  className,
  onEscapeKeyDown,
  children,
}: {
  open: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** What is in it, for those who do not see it. */
  label: string;
  /** A Button or an IconButton. Without one, and without an anchor, it opens in the middle. */
  trigger?: ReactNode;
  triggerRef?: Ref<HTMLButtonElement>;
  /** What it opens beside, where the button is elsewhere and only asks for it. */
  anchor?: Element | null | undefined;
  align?: "start" | "end" | undefined;
  side?: "top" | "bottom";
  className?: string | undefined;
  onEscapeKeyDown: (event: KeyboardEvent) => void;
  children: ReactNode;
}) {
  const hasTrigger = trigger !== undefined;
  const isInMiddle = !hasTrigger && !anchor;
  const focus = useReturnFocus(hasTrigger);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      {isInMiddle && <Radix.Anchor className={styles.middle} />}
      {anchor && <Radix.Anchor virtualRef={{ current: anchor }} />}
      {hasTrigger && (
        <Radix.Trigger asChild {...(triggerRef && { ref: triggerRef })}>
          {trigger}
        </Radix.Trigger>
      )}
      <Radix.Portal>
        <Radix.Content
          className={cx(styles.floating, className)}
          aria-label={label}
          align={isInMiddle ? "center" : align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          onEscapeKeyDown={onEscapeKeyDown}
          {...focus}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
