import { useMe } from "@/api/session";
import { Dialog } from "@/ui/Dialog";
import { SignInForm } from "./SignInForm";

/** Over what is there, which stays as it is: what was typed is still there after signing in. */
export function SessionEnded() {
  const { email } = useMe();
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      isPersistent
      title="You were signed out"
      text="Your session ended. What you typed is kept; sign in to go on."
    >
      <SignInForm email={email} onSignedIn={() => undefined} />
    </Dialog>
  );
}
