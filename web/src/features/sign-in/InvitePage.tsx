import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useLink, useSignInByInvite } from "@/api/session";
import type { Link } from "@/api/types";
import { ROLE_WORDS } from "@/lib/roles";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { PasswordField } from "@/ui/PasswordField";
import { DeadLink, LinkLoading } from "./DeadLink";
import styles from "./sign-in.module.css";
import { SignInFrame } from "./SignInFrame";

export function InvitePage({ token, onSignedIn }: { token: string; onSignedIn: () => void }) {
  const { data: link, error, refetch } = useLink(token);
  if (link) return <Join token={token} link={link} onSignedIn={onSignedIn} />;
  if (error === null && token !== "") return <LinkLoading />;
  return (
    <DeadLink error={error} isMissing={token === ""} onRetry={() => void refetch()}>
      If you joined already, sign in. Otherwise ask an admin of your team for a new invite.
    </DeadLink>
  );
}

function Join({ token, link, onSignedIn }: { token: string; link: Link; onSignedIn: () => void }) {
  const signIn = useSignInByInvite();
  const [name, setName] = useState(link.name ?? "");
  const [password, setPassword] = useState("");
  const faults = faultsOf(signIn.error, ["name", "password"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const body = { token, password, ...(name.trim() !== "" && { name: name.trim() }) };
    signIn.mutate(body, { onSuccess: onSignedIn });
  };
  return (
    <SignInFrame
      title={`Join ${link.workspace.name}`}
      text={
        <>
          You are invited as {ROLE_WORDS[link.role].article} {ROLE_WORDS[link.role].name}:{" "}
          {ROLE_WORDS[link.role].may}.
        </>
      }
    >
      <form className={styles.form} onSubmit={submit}>
        <FormFault>{faults.rest}</FormFault>
        <Field label="E-mail" type="email" autoComplete="username" readOnly value={link.email} />
        <Field
          label="Your name"
          autoComplete="name"
          required
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={faults.of["name"]}
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
        <Button type="submit" variant="primary" isBusy={signIn.isPending}>
          Join
        </Button>
      </form>
    </SignInFrame>
  );
}
