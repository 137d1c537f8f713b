import type { ComponentPropsWithRef } from "react";
import styles from "./Button.module.css";
import { Spinner } from "./Spinner";
import { cx } from "./cx";

export interface ButtonProps extends ComponentPropsWithRef<"button"> {
  variant?: "plain" | "primary" | "quiet" | "danger";
  size?: "normal" | "small";
  /** Shows that it is at work and takes no second press; it keeps the focus. */
  isBusy?: boolean;
}

export function Button({
  variant = "plain",
  size = "normal",
  isBusy = false,
  className,
  children,
  onClick,
  type = "button",
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
      className={cx(
        styles.button,
        variant !== "plain" && styles[variant],
        size === "small" && styles.small,
        className,
      )}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  );
}
