import { type ReactNode, type SubmitEvent, useState } from "react";
import { type Faults, faultsOf, refusalOf } from "@/api/form-faults";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import styles from "./parts.module.css";

/** How a write stands, of which a form or a row tells. */
interface Writing {
  isPending: boolean;
  error: Error | null;
}

/** At the end of a form: what it does, and the way out. */
export function FormActions({
  label,
  isBusy,
  variant = "primary",
  disabled = false,
  onCancel,
  children,
}: {
  label: string;
  isBusy: boolean;
  variant?: "primary" | "danger";
  disabled?: boolean;
  onCancel: () => void;
  children?: ReactNode;
}) {
  return (
    <div className={styles.actions}>
      <Button type="submit" variant={variant} isBusy={isBusy} disabled={disabled}>
        {label}
      </Button>
      <Button onClick={onCancel}>Cancel</Button>
      {children}
    </div>
  );
}

/** A form of a name, and of what goes with it. */
export function NameForm({
  label,
  initial = "",
  action,
  writing,
  more = [],
  onSubmit,
  onCancel,
  children,
}: {
  /** What is named: "Name of the folder". */
  label: string;
  initial?: string;
  /** On the button: "Add folder". */
  action: string;
  writing: Writing;
  /** The other fields of the form, which say what is wrong with them. */
  more?: readonly string[];
  onSubmit: (name: string) => void;
  onCancel: () => void;
  children?: (faults: Faults["of"]) => ReactNode;
}) {
  const [name, setName] = useState(initial);
  const faults = faultsOf(writing.error, ["name", ...more]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSubmit(name.trim());
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <FormFault>{faults.rest}</FormFault>
      <Field
        label={label}
        required
        autoFocus
        maxLength={255}
        dir="auto"
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={faults.of["name"]}
      />
      {children?.(faults.of)}
      <FormActions label={action} isBusy={writing.isPending} onCancel={onCancel} />
    </form>
  );
}

/** A button that gives way to the form that it opens. */
export function OpensForm({
  button,
  children,
}: {
  button: (open: () => void) => ReactNode;
  children: (close: () => void) => ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return children(() => setOpen(false));
  return <div>{button(() => setOpen(true))}</div>;
}

/** Changes and deletes what undo brings back, so that it need not ask. */
export function RowActions({
  name,
  onChange,
  onDelete,
  deleting,
}: {
  name: string;
  onChange: () => void;
  /** Where it cannot be deleted, there is no button for it. */
  onDelete?: (() => void) | undefined;
  deleting: Writing;
}) {
  return (
    <>
      <div className={styles.actions}>
        <Button size="small" aria-label={`Change ${name}`} onClick={onChange}>
          Change
        </Button>
        {onDelete && (
          <Button
            size="small"
            aria-label={`Delete ${name}`}
            isBusy={deleting.isPending}
            onClick={onDelete}
          >
            Delete
          </Button>
        )}
      </div>
      {deleting.error && (
        <FormFault>{`It was not deleted. ${refusalOf(deleting.error)}`}</FormFault>
      )}
    </>
  );
}
