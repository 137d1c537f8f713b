import { useEffect, useRef } from "react";
import { Field } from "./Field";

/** The code of a second factor. */
export function CodeField({
  value,
  onChange,
  error,
  takesFocus = false,
}: {
  value: string;
  onChange: (code: string) => void;
  error: string | null | undefined;
  /** Where nothing else is left to do as it comes. */
  takesFocus?: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (takesFocus) input.current?.focus();
  }, [takesFocus]);
  return (
    <Field
      ref={input}
      label="Code"
      hint="Six digits from your app, or one of your recovery codes."
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      required
      maxLength={40}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    />
  );
}
