import { useNavigate, useParams } from "@tanstack/react-router";
import { SignInLinkPage } from "@/features/sign-in/SignInLinkPage";

export function SignInLinkRoute() {
  const { token = "" } = useParams({ strict: false });
  const navigate = useNavigate();
  return (
    <SignInLinkPage token={token} onSignedIn={() => void navigate({ to: "/", replace: true })} />
  );
}
