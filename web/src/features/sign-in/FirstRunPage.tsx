import { SignInFrame } from "./SignInFrame";

export function FirstRunPage({ token }: { token: string }) {
  return (
    <SignInFrame title="Set up Looplane">
      <p data-token={token}>This page is not there yet.</p>
    </SignInFrame>
  );
}
