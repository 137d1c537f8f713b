import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { keepWhileComposing } from "./composing";
import styles from "./Dialog.module.css";
import { cx } from "./cx";
import { useReturnFocus } from "./return-focus";

/** Takes the focus and gives it back. Esc and a press outside close it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  text,
  size = "normal",
  isBare = false,
  isPersistent = false,
  actions,
  children,
}: {
  open: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  text?: ReactNode;
  size?: "normal" | "wide";
  /** Without padding, its title only for those who hear it: for the palette. */
  isBare?: boolean;
  /** Nothing but its own buttons closes it. */
  isPersistent?: boolean;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  const focus = useReturnFocus();
  const stay = isPersistent ? (event: Event) => event.preventDefault() : undefined;
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={styles.veil} />
        <Radix.Content
          className={cx(styles.dialog, size === "wide" && styles.wide, isBare && styles.bare)}
          {...(text ? {} : { "aria-describedby": undefined })}
          onEscapeKeyDown={stay ?? keepWhileComposing}
          {...focus}
          {...(stay && { onInteractOutside: stay })}
        >
          <Radix.Title asChild>
            <h2 className={cx(isBare && "visually-hidden")}>{title}</h2>
          </Radix.Title>
          {text && (
            <Radix.Description asChild>
              <p className={styles.text}>{text}</p>
            </Radix.Description>
          )}
          {children}
          {actions && <div className={styles.actions}>{actions}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
