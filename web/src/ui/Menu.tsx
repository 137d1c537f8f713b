import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Kbd } from "./Kbd";
import { cx } from "./cx";
import styles from "./floating.module.css";

export function Menu({
  trigger,
  children,
  align = "start",
  open,
  onOpenChange,
}: {
  /** A Button or an IconButton. */
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
  open?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}) {
  return (
    <Radix.Root
      modal={false}
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange } : {})}
    >
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={styles.floating}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          loop
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
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
