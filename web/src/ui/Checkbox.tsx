import { type ReactNode, useId } from "react";
import styles from "./Field.module.css";

export function Checkbox({
  checked,
  onChange,
  disabled = false,
  label,
  isLabelHidden = false,
}: {
  /** `mixed` where only some of many are. */
  checked: boolean | "mixed";
  onChange: (isChecked: boolean) => void;
  disabled?: boolean;
  label: ReactNode;
  isLabelHidden?: boolean;
}) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <input
        id={id}
        ref={(input) => {
          if (input) input.indeterminate = checked === "mixed";
        }}
        type="checkbox"
        className={styles.check}
        checked={checked === true}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id} className={isLabelHidden ? "visually-hidden" : undefined}>
        {label}
      </label>
    </div>
  );
}
