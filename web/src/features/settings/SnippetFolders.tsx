import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useCreateFolder, useDeleteFolder, useUpdateFolder } from "@/api/snippets";
import type { SnippetFolder } from "@/api/types";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { ConfirmButton } from "./ConfirmButton";
import styles from "./parts.module.css";

function FolderForm({
  initial,
  submitLabel,
  isBusy,
  error,
  onSubmit,
  onCancel,
}: {
  initial: string;
  submitLabel: string;
  isBusy: boolean;
  error: Error | null;
  onSubmit: (name: string) => void;
  onCancel: () => void;
}) {
  const [name, setName] = useState(initial);
  const faults = faultsOf(error, ["name"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSubmit(name.trim());
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <FormFault>{faults.rest}</FormFault>
      <Field
        label="Name of the folder"
        required
        autoFocus
        maxLength={255}
        dir="auto"
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={faults.of["name"]}
      />
      <div className={styles.actions}>
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {submitLabel}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}

export function AddFolder() {
  const create = useCreateFolder();
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <div>
        <Button size="small" variant="quiet" onClick={() => setOpen(true)}>
          Add a folder
        </Button>
      </div>
    );
  }
  return (
    <FolderForm
      initial=""
      submitLabel="Add folder"
      isBusy={create.isPending}
      error={create.error}
      onSubmit={(name) => create.mutate({ name }, { onSuccess: () => setOpen(false) })}
      onCancel={() => setOpen(false)}
    />
  );
}

export function FolderActions({ folder }: { folder: SnippetFolder }) {
  const update = useUpdateFolder();
  const remove = useDeleteFolder();
  const [isEditing, setEditing] = useState(false);
  if (isEditing) {
    return (
      <FolderForm
        initial={folder.name}
        submitLabel="Save"
        isBusy={update.isPending}
        error={update.error}
        onSubmit={(name) => update.mutate({ folder, name }, { onSuccess: () => setEditing(false) })}
        onCancel={() => setEditing(false)}
      />
    );
  }
  return (
    <div className={styles.actions}>
      <Button
        size="small"
        aria-label={`Rename the folder ${folder.name}`}
        onClick={() => setEditing(true)}
      >
        Rename
      </Button>
      <ConfirmButton
        label="Delete"
        name={`Delete the folder ${folder.name}`}
        title={`Delete the folder ${folder.name}`}
        text="The snippets in it stay, in no folder."
        run={() => remove.mutateAsync(folder)}
      />
    </div>
  );
}
