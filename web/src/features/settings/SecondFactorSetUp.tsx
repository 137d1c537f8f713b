import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useConfirmSecondFactor } from "@/api/own-account";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { CopyButton } from "./CopyButton";
import { FormActions } from "./forms";
import styles from "./parts.module.css";
import { QrCode } from "./QrCode";

/** The secret, as a picture and as text, until a code of it proves that the app has it. */
export function SecondFactorSetUp({
  secret,
  uri,
  onCancel,
  onCodes,
}: {
  secret: string;
  uri: string;
  onCancel: () => void;
  /** It is on, with these codes for recovery. */
  onCodes: (codes: readonly string[]) => void;
}) {
  const confirm = useConfirmSecondFactor();
  const [code, setCode] = useState("");
  const faults = faultsOf(confirm.error, ["code"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    confirm.mutate(
      { code: code.replace(/\s/g, "") },
      { onSuccess: ({ recovery_codes }) => onCodes(recovery_codes ?? []) },
    );
  };
  return (
    <div className={styles.setUp}>
      <QrCode text={uri} label="QR code of the secret, for an app that makes codes" />
      <form className={styles.form} onSubmit={submit}>
        <FormFault>{faults.rest}</FormFault>
        <p>
          Scan this with an app that makes codes. On this device you can{" "}
          <a href={uri}>open the app</a>, or type the secret into it:
        </p>
        <div className={styles.actions}>
          <code className={styles.secret}>{secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
          <CopyButton text={secret} label="Copy the secret" />
        </div>
        <Field
          label="The code that the app shows now"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          autoFocus
          maxLength={40}
          value={code}
          onChange={(event) => setCode(event.target.value)}
          error={faults.of["code"]}
        />
        <FormActions label="Turn on" isBusy={confirm.isPending} onCancel={onCancel} />
      </form>
    </div>
  );
}
