import { type SubmitEvent, useState } from "react";
import { ApiError, messageOf } from "@/api/errors";
import { useSignIn } from "@/api/session";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import styles from "./sign-in.module.css";

const needsCode = (error: Error | null): boolean =>
  error instanceof ApiError && error.code.includes("totp");

export function SignInForm({
  email: known = "",
  onSignedIn,
}: {
  email?: string;
  onSignedIn: () => void;
}) {
  const signIn = useSignIn();
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const asksCode = needsCode(signIn.error) || code !== "";
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const words = { email, password, ...(code === "" ? {} : { totp: code }) };
    signIn.mutate(words, { onSuccess: onSignedIn });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field
        label="Email"
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Field
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={signIn.error && !needsCode(signIn.error) ? messageOf(signIn.error) : null}
      />
      {asksCode && (
        <Field
          label="Code"
          hint="Six digits from your app, or a recovery code."
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      )}
      <Button type="submit" variant="primary" isBusy={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
