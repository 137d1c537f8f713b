import { useNavigate } from "@tanstack/react-router";
import { FirstRunPage } from "@/features/sign-in/FirstRunPage";
import { useFragmentToken } from "@/lib/fragment";

export function FirstRunRoute() {
  const token = useFragmentToken();
  const navigate = useNavigate();
  return (
    <FirstRunPage token={token} onSignedIn={() => void navigate({ to: "/", replace: true })} />
  );
}
