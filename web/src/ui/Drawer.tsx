import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import styles from "./Dialog.module.css";
import { cx } from "./cx";
import { useReturnFocus } from "./return-focus";

/** A pane from the side, over the page. */
export function Drawer({
  open,
  onOpenChange,
  label,
  side = "right",
  children,
}: {
  open: boolean;
  onOpenChange: (isOpen: boolean) => void;
  label: string;
  side?: "left" | "right";
  children: ReactNode;
}) {
  const focus = useReturnFocus();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={styles.veil} />
        <Radix.Content
          className={cx(styles.drawer, side === "left" && styles.left)}
          aria-describedby={undefined}
          {...focus}
        >
          <Radix.Title className="visually-hidden">{label}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
