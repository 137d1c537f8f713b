import { parseHex } from "@/lib/contrast";
import { Field } from "@/ui/Field";
import styles from "./parts.module.css";

/** A colour: picked, or written as the API takes it. */
export function ColourField({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (colour: string) => void;
  error: string | undefined;
}) {
  const plain = value.trim().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  return (
    <Field
      label="Colour"
      required
      maxLength={32}
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
      end={
        <input
          type="color"
          aria-label="Pick a colour"
          className={styles.swatch}
          value={parseHex(plain) ? plain.toLowerCase() : "#808080"}
          onChange={(event) => onChange(event.target.value)}
        />
      }
    />
  );
}
