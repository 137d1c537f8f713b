import { useNavigate } from "@tanstack/react-router";
import { InvitePage } from "@/features/sign-in/InvitePage";
import { useFragmentToken } from "@/lib/fragment";

export function InviteRoute() {
  const token = useFragmentToken();
  const navigate = useNavigate();
  return <InvitePage token={token} onSignedIn={() => void navigate({ to: "/", replace: true })} />;
}
