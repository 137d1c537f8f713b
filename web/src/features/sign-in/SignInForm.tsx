import { type SubmitEvent, useState } from "react";
import { useSignIn } from "@/api/session";
import type { SignedIn } from "@/api/types";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { PasswordField } from "@/ui/PasswordField";
import { MailedLink } from "./MailedLink";
import { SecondStep, faultsBeside, needsCode } from "./second-step";
import styles from "./sign-in.module.css";

/** Address and password, and then the code where there is a second factor. */
export function SignInForm({
  email: known,
  workspaceId,
  onSignedIn,
}: {
  /** Whose session it is, where that is not to be chosen. */
  email?: string;
  workspaceId?: string;
  onSignedIn: (session: SignedIn, words: { email: string; password: string }) => void;
}) {
  const signIn = useSignIn();
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [isSecondStep, setSecondStep] = useState(false);
  const faults = faultsBeside(signIn.error, ["email", "password", "code"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const body = {
      email: email.trim(),
      password,
      ...(isSecondStep && code.trim() !== "" && { code: code.trim() }),
      ...(workspaceId !== undefined && { workspace_id: workspaceId }),
    };
    signIn.mutate(body, {
      onSuccess: (session) => onSignedIn(session, { email: body.email, password }),
      onError: (error) => {
        if (needsCode(error)) setSecondStep(true);
      },
    });
  };
  if (isSecondStep) {
    return (
      <form className={styles.form} onSubmit={submit}>
        <FormFault>{faults.rest}</FormFault>
        <SecondStep value={code} onChange={setCode} signIn={signIn} />
        <div className={styles.actions}>
          <Button type="submit" variant="primary" isBusy={signIn.isPending}>
            Sign in
          </Button>
          <Button
            variant="quiet"
            onClick={() => {
              setSecondStep(false);
              setCode("");
              signIn.reset();
            }}
          >
            Back
          </Button>
        </div>
      </form>
    );
  }
  return (
    <div className={styles.form}>
      <form className={styles.form} onSubmit={submit}>
        <FormFault>{faults.rest}</FormFault>
        <Field
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          autoFocus={known === undefined}
          readOnly={known !== undefined}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={faults.of["email"]}
        />
        <PasswordField
          label="Password"
          autoComplete="current-password"
          required
          autoFocus={known !== undefined}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={faults.of["password"]}
        />
        <Button type="submit" variant="primary" isBusy={signIn.isPending}>
          Sign in
        </Button>
      </form>
      <MailedLink email={email} workspaceId={workspaceId} />
    </div>
  );
}
