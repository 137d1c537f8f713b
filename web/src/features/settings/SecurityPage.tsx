import { OwnSessions } from "./OwnSessions";
import { PasswordForm } from "./PasswordForm";
import { SecondFactor } from "./SecondFactor";

export function SecurityPage() {
  return (
    <>
      <PasswordForm />
      <SecondFactor />
      <OwnSessions />
    </>
  );
}
