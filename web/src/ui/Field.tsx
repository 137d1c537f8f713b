import { type ComponentPropsWithRef, type ReactNode, useId } from "react";
import styles from "./Field.module.css";
import { cx } from "./cx";

interface FieldProps extends Omit<ComponentPropsWithRef<"input">, "id"> {
  label: string;
  /** What helps to fill it in. */
  hint?: ReactNode;
  /** Why what was typed is not taken. It is read out with the field. */
  error?: string | null | undefined;
  /** A button within the field, at its end. */
  end?: ReactNode;
}

export function Field({ label, hint, error, end, className, ...input }: FieldProps) {
  const id = useId();
  const says = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.line}>
        <input
          {...input}
          id={id}
          className={cx(styles.input, className)}
          aria-invalid={error ? true : undefined}
          aria-describedby={says === "" ? undefined : says}
        />
        {end}
      </div>
      {hint && (
        <div id={`${id}-hint`} className={styles.hint}>
          {hint}
        </div>
      )}
      {error && (
        <div id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
