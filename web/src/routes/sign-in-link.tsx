import { useNavigate } from "@tanstack/react-router";
import { SignInLinkPage } from "@/features/sign-in/SignInLinkPage";
import { useFragmentToken } from "@/lib/fragment";

export function SignInLinkRoute() {
  const token = useFragmentToken();
  const navigate = useNavigate();
  return (
    <SignInLinkPage token={token} onSignedIn={() => void navigate({ to: "/", replace: true })} />
  );
}
