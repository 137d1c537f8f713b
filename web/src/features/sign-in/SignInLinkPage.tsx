import { type SubmitEvent, useState } from "react";
import { useSignInByLink } from "@/api/session";
import type { Link } from "@/api/types";
import { Button } from "@/ui/Button";
import { FormFault } from "@/ui/FormFault";
import { LinkGate } from "./LinkGate";
import { SecondStep, faultsBeside } from "./second-step";
import styles from "./sign-in.module.css";
import { SignInFrame } from "./SignInFrame";

/** A press, not the address alone, signs in: programs that look at links must not use them up. */
export function SignInLinkPage({ token, onSignedIn }: { token: string; onSignedIn: () => void }) {
  return (
    <LinkGate token={token} renewal="On the sign-in page you can have a new one mailed.">
      {(link) => <SignIn token={token} link={link} onSignedIn={onSignedIn} />}
    </LinkGate>
  );
}

function SignIn({
  token,
  link,
  onSignedIn,
}: {
  token: string;
  link: Link;
  onSignedIn: () => void;
}) {
  const signIn = useSignInByLink();
  const [code, setCode] = useState("");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const body = { token, ...(link.has_second_factor && { code: code.trim() }) };
    signIn.mutate(body, { onSuccess: onSignedIn });
  };
  return (
    <SignInFrame
      title={`Sign in to ${link.workspace.name}`}
      text={
        <>
          As <bdi>{link.name ?? link.email}</bdi>
          {link.name !== null && (
            <>
              , <bdi>{link.email}</bdi>
            </>
          )}
          . The link is good once.
        </>
      }
    >
      <form className={styles.form} onSubmit={submit}>
        <FormFault>{faultsBeside(signIn.error, ["code"]).rest}</FormFault>
        {link.has_second_factor && <SecondStep value={code} onChange={setCode} signIn={signIn} />}
        <Button type="submit" variant="primary" isBusy={signIn.isPending}>
          Sign in
        </Button>
      </form>
    </SignInFrame>
  );
}
