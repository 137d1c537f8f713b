import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useConfirmSecondFactor } from "@/api/own-account";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { CopyButton } from "./CopyButton";
import styles from "./parts.module.css";
import { QrCode } from "./QrCode";

/** The secret, as a picture and as text, until a code of it proves that the app has it. */
export function SecondFactorSetUp({
  secret,
  uri,
  onCancel,
  onDone,
}: {
  secret: string;
  uri: string;
  onCancel: () => void;
  onDone: () => void;
}) {
  const confirm = useConfirmSecondFactor();
  const [code, setCode] = useState("");
  const faults = faultsOf(confirm.error, ["code"]);
  const codes = confirm.data?.recovery_codes;
  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    confirm.mutate({ code: code.replace(/\s/g, "") });
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
        <div className={styles.actions}>
          <Button type="submit" variant="primary" isBusy={confirm.isPending}>
            Turn on
          </Button>
          <Button onClick={onCancel}>Cancel</Button>
        </div>
      </form>
    </div>
  );
}

function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  return (
    <div className={styles.once} role="status">
      <strong>The second factor is on. Keep these recovery codes</strong>
      <p>Each signs you in once, if the phone is lost. They are not shown again.</p>
      <ul className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={styles.actions}>
        <CopyButton text={codes.join("\n")} label="Copy all" />
        <Button size="small" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}
