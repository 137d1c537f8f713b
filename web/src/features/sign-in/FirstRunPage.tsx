import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useLink, useSignInByLink } from "@/api/session";
import type { Link } from "@/api/types";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { PasswordField } from "@/ui/PasswordField";
import { DeadLink, LinkLoading } from "./DeadLink";
import styles from "./sign-in.module.css";
import { SignInFrame } from "./SignInFrame";

export function FirstRunPage({ token, onSignedIn }: { token: string; onSignedIn: () => void }) {
  const { data: link, error, refetch } = useLink(token);
  if (link) return <Welcome token={token} link={link} onSignedIn={onSignedIn} />;
  if (error === null && token !== "") return <LinkLoading />;
  return (
    <DeadLink error={error} isMissing={token === ""} onRetry={() => void refetch()}>
      Start Looplane again: as long as nobody has a password, it prints a new link. Later{" "}
      <code className={styles.code}>looplane member sign-in-link</code> makes one for a member.
    </DeadLink>
  );
}

function Welcome({
  token,
  link,
  onSignedIn,
}: {
  token: string;
  link: Link;
  onSignedIn: () => void;
}) {
  const signIn = useSignInByLink();
  const [name, setName] = useState(link.name ?? "");
  const [email, setEmail] = useState(link.email);
  const [password, setPassword] = useState("");
  const isLooking = signIn.variables?.password === undefined;
  const faults = faultsOf(signIn.error, ["name", "email", "password"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    signIn.mutate(
      {
        token,
        password,
        ...(name.trim() !== (link.name ?? "") && { name: name.trim() }),
        ...(email.trim() !== link.email && { email: email.trim() }),
      },
      { onSuccess: onSignedIn },
    );
  };
  return (
    <SignInFrame
      title={`Welcome to ${link.workspace.name}`}
      text="Say who you are, and this inbox is yours."
    >
      <form className={styles.form} onSubmit={submit}>
        <FormFault>{faults.rest}</FormFault>
        <Field
          label="Your name"
          autoComplete="name"
          required
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={faults.of["name"]}
        />
        <Field
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={faults.of["email"]}
        />
        <PasswordField
          label="Password"
          autoComplete="new-password"
          hint="At least ten characters."
          required
          minLength={10}
          maxLength={200}
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={faults.of["password"]}
        />
        <div className={styles.actions}>
          <Button type="submit" variant="primary" isBusy={signIn.isPending && !isLooking}>
            Open the inbox
          </Button>
          <Button
            variant="quiet"
            isBusy={signIn.isPending && isLooking}
            onClick={() => signIn.mutate({ token }, { onSuccess: onSignedIn })}
          >
            Look around first
          </Button>
          <p className={styles.quiet}>
            Looking around signs you in on this browser; a password can be set later in the
            settings.
          </p>
        </div>
      </form>
    </SignInFrame>
  );
}
