import type { ReactNode } from "react";
import styles from "./Button.module.css";
import { Button, type ButtonProps } from "./Button";
import { Tooltip } from "./Tooltip";
import { cx } from "./cx";

interface IconButtonProps extends Omit<ButtonProps, "aria-label" | "children"> {
  /** What it does: its name, and its tooltip. */
  label: string;
  /** The key that does the same, as it is printed. */
  shortcut?: string | undefined;
  icon: ReactNode;
}

export function IconButton({ label, shortcut, icon, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <Button variant="quiet" {...rest} aria-label={label} className={cx(styles.icon, className)}>
        {icon}
      </Button>
    </Tooltip>
  );
}
