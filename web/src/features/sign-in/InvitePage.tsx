import { SignInFrame } from "./SignInFrame";

export function InvitePage({ token }: { token: string }) {
  return (
    <SignInFrame title="Join your team">
      <p data-token={token}>This page is not there yet.</p>
    </SignInFrame>
  );
}
