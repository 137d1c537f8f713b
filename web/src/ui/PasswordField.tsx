import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { Field } from "./Field";
import styles from "./Field.module.css";
import { IconButton } from "./IconButton";

type PasswordFieldProps = Omit<ComponentProps<typeof Field>, "type" | "end">;

/** A password, which can be shown while it is typed. */
export function PasswordField(props: PasswordFieldProps) {
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <Field
      {...props}
      className={styles.beforeButton}
      type={isShown ? "text" : "password"}
      spellCheck={false}
      autoCapitalize="none"
      end={
        <IconButton
          className={styles.within}
          label={isShown ? "Hide the password" : "Show the password"}
          icon={<Icon size={16} aria-hidden />}
          onClick={() => setShown(!isShown)}
        />
      }
    />
  );
}

/** A password that is chosen now. */
export function NewPasswordField(props: PasswordFieldProps) {
  return (
    <PasswordField
      autoComplete="new-password"
      hint="At least ten characters."
      required
      minLength={10}
      maxLength={200}
      {...props}
    />
  );
}
