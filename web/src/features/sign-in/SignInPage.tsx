import { SignInForm } from "./SignInForm";
import { SignInFrame } from "./SignInFrame";

export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  return (
    <SignInFrame title="Sign in">
      <SignInForm onSignedIn={onSignedIn} />
    </SignInFrame>
  );
}
