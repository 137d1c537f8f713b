import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useCreateKey } from "@/api/team-admin";
import { timeNow } from "@/lib/clock";
import { SCOPES, SCOPE_PRESETS, type Scope } from "@/lib/scopes";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Checkbox";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { Select } from "@/ui/Select";
import { FormActions } from "./forms";
import styles from "./parts.module.css";

const DAYS = { never: null, month: 30, quarter: 90, year: 365 } as const;
type Span = keyof typeof DAYS;
const SPANS: readonly { value: Span; label: string }[] = [
  { value: "never", label: "Until it is revoked" },
  { value: "month", label: "30 days" },
  { value: "quarter", label: "90 days" },
  { value: "year", label: "A year" },
];
const DAY_MS = 86_400_000;

export function KeyForm({
  onMade,
  onCancel,
}: {
  onMade: (key: string) => void;
  onCancel: () => void;
}) {
  const create = useCreateKey();
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set(["threads:read"]));
  const [span, setSpan] = useState<Span>("never");
  const faults = faultsOf(create.error, ["label", "scopes", "expires_at"]);
  const toggle = (scope: Scope, isOn: boolean): void => {
    const next = new Set(scopes);
    if (isOn) next.add(scope);
    else next.delete(scope);
    setScopes(next);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const days = DAYS[span];
    create.mutate(
      {
        label: label.trim(),
        kind: "program",
        scopes: SCOPES.filter((scope) => scopes.has(scope)),
        ...(days !== null && {
          expires_at: new Date(timeNow() + days * DAY_MS).toISOString(),
        }),
      },
      { onSuccess: (made) => onMade(made.key ?? "") },
    );
  };
  return (
    <form className={styles.section} onSubmit={submit}>
      <FormFault>{faults.rest}</FormFault>
      <div className={styles.form}>
        <Field
          label="What it is for"
          autoComplete="off"
          required
          autoFocus
          maxLength={255}
          dir="auto"
          value={label}
          onChange={(event) => setLabel(event.target.value)}
          error={faults.of["label"]}
        />
        <Select label="Good for" value={span} options={SPANS} onChange={setSpan} />
        <FormFault>{faults.of["expires_at"] ?? null}</FormFault>
      </div>
      <fieldset className={styles.choices}>
        <legend>What it may do</legend>
        {SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            label={<code className={styles.secret}>{scope}</code>}
            checked={scopes.has(scope)}
            onChange={(isOn) => toggle(scope, isOn)}
          />
        ))}
      </fieldset>
      <div className={styles.actions}>
        {SCOPE_PRESETS.map((preset) => (
          <Button key={preset.label} size="small" onClick={() => setScopes(new Set(preset.scopes))}>
            {preset.label}
          </Button>
        ))}
      </div>
      <FormFault>{faults.of["scopes"] ?? null}</FormFault>
      <FormActions
        label="Make the key"
        isBusy={create.isPending}
        disabled={scopes.size === 0}
        onCancel={onCancel}
      >
        {scopes.size === 0 && <span className={styles.quiet}>Choose at least one scope.</span>}
      </FormActions>
    </form>
  );
}
