import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { type Faults, faultsOf } from "@/api/form-faults";
import { keys } from "@/api/keys";
import { useEndSecondFactor, useStartSecondFactor } from "@/api/own-account";
import { useSession } from "@/api/session";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { CodeField } from "@/ui/CodeField";
import { FormFault } from "@/ui/FormFault";
import { PasswordField } from "@/ui/PasswordField";
import { FormActions } from "./forms";
import styles from "./parts.module.css";
import { RecoveryCodes } from "./RecoveryCodes";
import { SecondFactorSetUp } from "./SecondFactorSetUp";
import { Section } from "./Section";

export function SecondFactor() {
  const { has_second_factor, has_password, recovery_codes_left } = useSession();
  const client = useQueryClient();
  const [isChanging, setChanging] = useState(false);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const close = (): void => setChanging(false);
  if (has_second_factor) {
    return (
      <Section
        title="Second factor"
        text={
          <>
            Signing in asks for a code of your app too.{" "}
            {recovery_codes_left === 1
              ? "One recovery code is left."
              : `${recovery_codes_left} recovery codes are left.`}
          </>
        }
        action={<Badge tone="ok">On</Badge>}
      >
        {codes ? (
          <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />
        ) : isChanging ? (
          <TurnOff onClose={close} />
        ) : (
          <div>
            <Button onClick={() => setChanging(true)}>Turn off</Button>
          </div>
        )}
      </Section>
    );
  }
  return (
    <Section
      title="Second factor"
      text={
        has_password
          ? "A code of an app on your phone, beside the password, keeps others out who know it."
          : "Set a password first; then a second factor can stand beside it."
      }
      action={<Badge>Off</Badge>}
    >
      {has_password &&
        (isChanging ? (
          <TurnOn
            onClose={close}
            onCodes={(made) => {
              setCodes(made);
              close();
              void client.invalidateQueries({ queryKey: keys.session });
            }}
          />
        ) : (
          <div>
            <Button onClick={() => setChanging(true)}>Set up</Button>
          </div>
        ))}
    </Section>
  );
}

function TurnOn({
  onClose,
  onCodes,
}: {
  onClose: () => void;
  onCodes: (codes: readonly string[]) => void;
}) {
  const start = useStartSecondFactor();
  const { secret, uri } = start.data ?? {};
  if (secret && uri) {
    return <SecondFactorSetUp secret={secret} uri={uri} onCancel={onClose} onCodes={onCodes} />;
  }
  return (
    <PasswordStep
      writing={start}
      action="Go on"
      onSubmit={(password) => start.mutate({ password })}
      onCancel={onClose}
    />
  );
}

function TurnOff({ onClose }: { onClose: () => void }) {
  const end = useEndSecondFactor();
  const [code, setCode] = useState("");
  return (
    <PasswordStep
      writing={end}
      action="Turn off"
      variant="danger"
      more={["code"]}
      onSubmit={(password) => end.mutate({ password, code: code.trim() }, { onSuccess: onClose })}
      onCancel={onClose}
    >
      {(faults) => <CodeField value={code} onChange={setCode} error={faults["code"]} />}
    </PasswordStep>
  );
}

/** Asks once more who it is, before what guards the account is changed. */
function PasswordStep({
  writing,
  action,
  variant = "primary",
  more = [],
  onSubmit,
  onCancel,
  children,
}: {
  writing: { isPending: boolean; error: Error | null };
  action: string;
  variant?: "primary" | "danger";
  /** The other fields, which say what is wrong with them. */
  more?: readonly string[];
  onSubmit: (password: string) => void;
  onCancel: () => void;
  children?: (faults: Faults["of"]) => ReactNode;
}) {
  const [password, setPassword] = useState("");
  const faults = faultsOf(writing.error, ["password", ...more]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSubmit(password);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <FormFault>{faults.rest}</FormFault>
      <PasswordField
        label="Your password"
        autoComplete="current-password"
        required
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={faults.of["password"]}
      />
      {children?.(faults.of)}
      <FormActions
        label={action}
        variant={variant}
        isBusy={writing.isPending}
        onCancel={onCancel}
      />
    </form>
  );
}
