import { useId } from "react";
import styles from "./Field.module.css";

/** A short list of fixed choices, in the element that every device knows best. */
export function Select<T extends string>({
  label,
  value,
  options,
  onChange,
  disabled = false,
  isLabelHidden = false,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  disabled?: boolean;
  isLabelHidden?: boolean;
}) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label className={isLabelHidden ? "visually-hidden" : styles.label} htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className={styles.input}
        value={value}
        disabled={disabled}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
