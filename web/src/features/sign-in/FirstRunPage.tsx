import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useSignInByLink } from "@/api/session";
import type { Link } from "@/api/types";
import { Button } from "@/ui/Button";
import { LinkGate } from "./LinkGate";
import { NewMemberFields } from "./NewMember";
import styles from "./sign-in.module.css";
import { SignInFrame } from "./SignInFrame";

export function FirstRunPage({ token, onSignedIn }: { token: string; onSignedIn: () => void }) {
  return (
    <LinkGate
      token={token}
      renewal={
        <>
          Start Looplane again: as long as nobody has a password, it prints a new link. Later{" "}
          <code className={styles.code}>looplane member sign-in-link</code> makes one for a member.
        </>
      }
    >
      {(link) => <Welcome token={token} link={link} onSignedIn={onSignedIn} />}
    </LinkGate>
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
  const [member, setMember] = useState({
    name: link.name ?? "",
    email: link.email,
    password: "",
  });
  const isLooking = signIn.variables?.password === undefined;
  const faults = faultsOf(signIn.error, ["name", "email", "password"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { name, email, password } = member;
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
        <NewMemberFields member={member} onChange={setMember} faults={faults} />
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
