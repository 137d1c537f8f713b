import { DropdownMenu as Radix } from "radix-ui";
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  type SyntheticEvent,
  cloneElement,
  useId,
  useState,
} from "react";
import { Borrowed } from "./Borrowed";
import { Kbd } from "./Kbd";
import { cx } from "./cx";
import styles from "./floating.module.css";
import { useReturnFocus } from "./return-focus";

const OPENING = ["Enter", " ", "ArrowDown"];

/**
 * A button and its menu. Until the pointer or the focus comes to it there is the button alone: a
 * page has many menus, and most are never opened.
 */
export function Menu({
  trigger,
  children,
  align = "start",
}: {
  /** A Button or an IconButton. */
  trigger: ReactElement;
  children: ReactNode;
  align?: "start" | "end";
}) {
  const [button, setButton] = useState<HTMLElement | null>(null);
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const { onCloseAutoFocus } = useReturnFocus(true);
  const near = (event: SyntheticEvent<HTMLElement>): void => setButton(event.currentTarget);
  return (
    <>
      {cloneElement(trigger, {
        id,
        "aria-haspopup": "menu",
        "aria-expanded": isOpen,
        "data-state": isOpen ? "open" : "closed",
        onPointerEnter: near,
        onFocus: near,
        onPointerDown: (event: PointerEvent<HTMLElement>) => {
          if (event.button !== 0 || event.ctrlKey) return;
          near(event);
          setOpen(!isOpen);
          // The focus is the menu's at once.
          if (!isOpen) event.preventDefault();
        },
        onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
          if (!OPENING.includes(event.key)) return;
          event.preventDefault();
          setOpen(true);
        },
      } as Record<string, unknown>)}
      {button && (
        <Radix.Root modal={false} open={isOpen} onOpenChange={setOpen}>
          <Radix.Trigger asChild>
            <Borrowed element={button} />
          </Radix.Trigger>
          <Radix.Portal>
            <Radix.Content
              className={styles.floating}
              aria-labelledby={id}
              align={align}
              sideOffset={4}
              collisionPadding={8}
              loop
              onCloseAutoFocus={onCloseAutoFocus}
            >
              {children}
            </Radix.Content>
          </Radix.Portal>
        </Radix.Root>
      )}
    </>
  );
}

export function MenuItem({
  icon,
  shortcut,
  isDanger = false,
  disabled = false,
  onSelect,
  children,
}: {
  icon?: ReactNode;
  /** As it is printed. */
  shortcut?: string | undefined;
  isDanger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Radix.Item
      className={cx(styles.item, isDanger && styles.danger)}
      disabled={disabled}
      onSelect={() => onSelect()}
    >
      {icon}
      <span className={styles.grow}>{children}</span>
      {shortcut !== undefined && <Kbd>{shortcut}</Kbd>}
    </Radix.Item>
  );
}

/** One of several, marked by a check. */
export function MenuChoice<T extends string>({
  value,
  options,
  onChange,
}: {
  value: T;
  options: readonly { value: T; label: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
}) {
  return (
    <Radix.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
      {options.map((option) => (
        <Radix.RadioItem key={option.value} value={option.value} className={styles.item}>
          <span className={styles.check}>
            <Radix.ItemIndicator>✓</Radix.ItemIndicator>
          </span>
          {option.icon}
          <span className={styles.grow}>{option.label}</span>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className={styles.label}>{children}</Radix.Label>;
}

export function MenuSeparator() {
  return <Radix.Separator className={styles.separator} />;
}
