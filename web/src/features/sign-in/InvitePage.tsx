import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useSignInByInvite } from "@/api/session";
import type { Link } from "@/api/types";
import { ROLE_WORDS } from "@/lib/roles";
import { Button } from "@/ui/Button";
import { LinkGate } from "./LinkGate";
import { NewMemberFields } from "./NewMember";
import styles from "./sign-in.module.css";
import { SignInFrame } from "./SignInFrame";

export function InvitePage({ token, onSignedIn }: { token: string; onSignedIn: () => void }) {
  return (
    <LinkGate
      token={token}
      renewal="If you joined already, sign in. Otherwise ask an admin of your team for a new invite."
    >
      {(link) => <Join token={token} link={link} onSignedIn={onSignedIn} />}
    </LinkGate>
  );
}

function Join({ token, link, onSignedIn }: { token: string; link: Link; onSignedIn: () => void }) {
  const signIn = useSignInByInvite();
  const [member, setMember] = useState({
    name: link.name ?? "",
    email: link.email,
    password: "",
  });
  const faults = faultsOf(signIn.error, ["name", "password"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = member.name.trim();
    const body = { token, password: member.password, ...(name !== "" && { name }) };
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
        <NewMemberFields member={member} onChange={setMember} faults={faults} isEmailFixed />
        <Button type="submit" variant="primary" isBusy={signIn.isPending}>
          Join
        </Button>
      </form>
    </SignInFrame>
  );
}
