import { messageOf } from "@/api/errors";
import { useSignInByLink } from "@/api/session";
import { Button } from "@/ui/Button";
import { SignInFrame } from "./SignInFrame";

/** A press, not the address alone, signs in: programs that look at links must not use them up. */
export function SignInLinkPage({ token, onSignedIn }: { token: string; onSignedIn: () => void }) {
  const signIn = useSignInByLink();
  return (
    <SignInFrame title="Sign in">
      {signIn.error && <p role="alert">{messageOf(signIn.error)}</p>}
      <Button
        variant="primary"
        isBusy={signIn.isPending}
        onClick={() => signIn.mutate(token, { onSuccess: onSignedIn })}
      >
        Sign in
      </Button>
    </SignInFrame>
  );
}
