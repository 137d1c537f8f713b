import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useSetPassword } from "@/api/own-account";
import { useSession } from "@/api/session";
import { Button } from "@/ui/Button";
import { FormFault } from "@/ui/FormFault";
import { NewPasswordField, PasswordField } from "@/ui/PasswordField";
import styles from "./parts.module.css";
import { Section } from "./Section";

export function PasswordForm() {
  const { has_password, member } = useSession();
  const set = useSetPassword();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const faults = faultsOf(set.error, ["current_password", "new_password"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const body = { new_password: next, ...(current !== "" && { current_password: current }) };
    set.mutate(body, {
      onSuccess: () => {
        setCurrent("");
        setNext("");
      },
    });
  };
  return (
    <Section
      title="Password"
      text={
        has_password
          ? "Changing it ends your sessions elsewhere."
          : "You have none yet: without one you sign in by mailed links alone."
      }
    >
      <form className={styles.form} onSubmit={submit}>
        <FormFault>{faults.rest}</FormFault>
        <input type="hidden" name="username" autoComplete="username" value={member.email} />
        {has_password && (
          <PasswordField
            label="Current password"
            autoComplete="current-password"
            hint="Leave it empty if you forgot it and came by a mailed link just now."
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
            error={faults.of["current_password"]}
          />
        )}
        <NewPasswordField
          label="New password"
          value={next}
          onChange={(event) => setNext(event.target.value)}
          error={faults.of["new_password"]}
        />
        <div className={styles.actions}>
          <Button type="submit" variant="primary" isBusy={set.isPending}>
            {has_password ? "Change password" : "Set password"}
          </Button>
          {set.isSuccess && next === "" && (
            <span className={styles.quiet} role="status">
              Saved. Your other sessions have ended.
            </span>
          )}
        </div>
      </form>
    </Section>
  );
}
