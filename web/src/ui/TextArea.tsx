import { type ComponentPropsWithRef, type ReactNode, useId } from "react";
import styles from "./Field.module.css";
import { cx } from "./cx";

interface TextAreaProps extends Omit<ComponentPropsWithRef<"textarea">, "id"> {
  label: string;
  hint?: ReactNode;
  error?: string | null | undefined;
}

/** As Field, for more than a line. */
export function TextArea({ label, hint, error, className, ...area }: TextAreaProps) {
  const id = useId();
  const says = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <textarea
        {...area}
        id={id}
        className={cx(styles.input, styles.area, className)}
        aria-invalid={error ? true : undefined}
        aria-describedby={says === "" ? undefined : says}
      />
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
