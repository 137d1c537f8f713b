import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { rejoinSession, useSession } from "@/api/session";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { SignInForm } from "./SignInForm";

/** Over what is there, which stays as it is: what was typed is still there after signing in. */
export function SessionEnded() {
  const { member, workspace } = useSession();
  const client = useQueryClient();
  useEffect(() => {
    // Whoever signed in meanwhile in another tab is signed in here as they come back.
    const onFocus = (): void => void rejoinSession(client).catch(() => undefined);
    window.addEventListener("focus", onFocus);
    return () => window.removeEventListener("focus", onFocus);
  }, [client]);
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      isPersistent
      title="You were signed out"
      text="Your session ended. What you typed is kept; sign in to go on where you are."
    >
      <SignInForm email={member.email} workspaceId={workspace.id} onSignedIn={() => undefined} />
      <Button variant="quiet" size="small" onClick={() => location.assign("/sign-in")}>
        Sign in as somebody else, and leave what is here
      </Button>
    </Dialog>
  );
}
