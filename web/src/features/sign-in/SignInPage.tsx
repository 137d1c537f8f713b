import { useState } from "react";
import { useSignIn } from "@/api/session";
import type { SignedIn } from "@/api/types";
import { Button } from "@/ui/Button";
import { FormFault } from "@/ui/FormFault";
import { faultsBeside, needsCode } from "./second-step";
import styles from "./sign-in.module.css";
import { SignInForm } from "./SignInForm";
import { SignInFrame } from "./SignInFrame";

interface Entered {
  session: SignedIn;
  words: { email: string; password: string };
}

export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const [entered, setEntered] = useState<Entered | null>(null);
  const [workspaceId, setWorkspaceId] = useState<string | null>(null);
  if (entered && workspaceId === null) {
    return <WorkspaceChoice {...entered} onSignedIn={onSignedIn} onCode={setWorkspaceId} />;
  }
  return (
    <SignInFrame title="Sign in">
      <SignInForm
        key={workspaceId}
        {...(entered && { email: entered.words.email })}
        {...(workspaceId !== null && { workspaceId })}
        onSignedIn={(session, words) => {
          if (session.other_workspaces.length === 0 || workspaceId !== null) onSignedIn();
          else setEntered({ session, words });
        }}
      />
    </SignInFrame>
  );
}

/** Each workspace has sessions of its own, so another one is signed in to anew. */
function WorkspaceChoice({
  session,
  words,
  onSignedIn,
  onCode,
}: Entered & {
  onSignedIn: () => void;
  /** Where the other workspace asks for more than the same password. */
  onCode: (workspaceId: string) => void;
}) {
  const signIn = useSignIn();
  const choose = (id: string): void =>
    signIn.mutate(
      { ...words, workspace_id: id },
      { onSuccess: onSignedIn, onError: (error) => needsCode(error) && onCode(id) },
    );
  return (
    <SignInFrame title="Choose a workspace" text="Several have you as a member.">
      <FormFault>{faultsBeside(signIn.error, []).rest}</FormFault>
      <div className={styles.actions}>
        <Button variant="primary" onClick={onSignedIn}>
          {session.workspace.name}
        </Button>
        {session.other_workspaces.map(({ id, name }) => (
          <Button
            key={id}
            isBusy={signIn.isPending && signIn.variables.workspace_id === id}
            onClick={() => choose(id)}
          >
            {name}
          </Button>
        ))}
      </div>
    </SignInFrame>
  );
}
