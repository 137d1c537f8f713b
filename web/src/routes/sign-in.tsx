import { useNavigate, useSearch } from "@tanstack/react-router";
import { SignInPage } from "@/features/sign-in/SignInPage";

export function SignInRoute() {
  const { next = "/" } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  return <SignInPage onSignedIn={() => void navigate({ href: next, replace: true })} />;
}
