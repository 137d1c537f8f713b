import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useLink, useSignInByLink } from "@/api/session";
import { Button } from "@/ui/Button";
import { FormFault } from "@/ui/FormFault";
import { CodeField } from "./CodeField";
import { DeadLink, LinkLoading } from "./DeadLink";
import { needsCode } from "./needs-code";
import styles from "./sign-in.module.css";
import { SignInFrame } from "./SignInFrame";

/** A press, not the address alone, signs in: programs that look at links must not use them up. */
export function SignInLinkPage({ token, onSignedIn }: { token: string; onSignedIn: () => void }) {
  const { data: link, error, refetch } = useLink(token);
  const signIn = useSignInByLink();
  const [code, setCode] = useState("");
  if (!link) {
    if (error === null && token !== "") return <LinkLoading />;
    return (
      <DeadLink error={error} isMissing={token === ""} onRetry={() => void refetch()}>
        On the sign-in page you can have a new one mailed.
      </DeadLink>
    );
  }
  const faults = needsCode(signIn.error) ? faultsOf(null, []) : faultsOf(signIn.error, ["code"]);
  const isWrong = needsCode(signIn.error) && signIn.variables?.code !== undefined;
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
        <FormFault>{faults.rest}</FormFault>
        {link.has_second_factor && (
          <CodeField
            value={code}
            onChange={setCode}
            error={
              faults.of["code"] ??
              (isWrong ? "This code is wrong, or was used already. Take the next one." : null)
            }
          />
        )}
        <Button type="submit" variant="primary" isBusy={signIn.isPending}>
          Sign in
        </Button>
      </form>
    </SignInFrame>
  );
}
