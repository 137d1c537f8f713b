import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import styles from "./Dialog.module.css";
import { IconButton } from "./IconButton";
import { cx } from "./cx";
import { useReturnFocus } from "./return-focus";

/** Esc in a field of the pane is for the field alone, which leaves its text as it was. */
function keepInField(event: KeyboardEvent): void {
  if (event.target instanceof HTMLInputElement) event.preventDefault();
}

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
          onEscapeKeyDown={keepInField}
          {...focus}
          onOpenAutoFocus={(event) => {
            focus.onOpenAutoFocus();
            // Not the button that closes it, which would say its name at once.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
        >
          <div className={styles.drawerHead}>
            <Radix.Title className={side === "left" ? "visually-hidden" : styles.drawerTitle}>
              {label}
            </Radix.Title>
            <Radix.Close asChild>
              <IconButton label="Close" icon={<X size={18} />} />
            </Radix.Close>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
