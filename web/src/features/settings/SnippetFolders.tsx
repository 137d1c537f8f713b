import { useState } from "react";
import { useCreateFolder, useDeleteFolder, useUpdateFolder } from "@/api/snippets";
import type { SnippetFolder } from "@/api/types";
import { Button } from "@/ui/Button";
import { ConfirmButton } from "./ConfirmButton";
import { NameForm, OpensForm } from "./forms";
import styles from "./parts.module.css";

const LABEL = "Name of the folder";

export function AddFolder() {
  const create = useCreateFolder();
  return (
    <OpensForm
      button={(open) => (
        <Button size="small" variant="quiet" onClick={open}>
          Add a folder
        </Button>
      )}
    >
      {(close) => (
        <NameForm
          label={LABEL}
          action="Add folder"
          writing={create}
          onSubmit={(name) => create.mutate({ name }, { onSuccess: close })}
          onCancel={close}
        />
      )}
    </OpensForm>
  );
}

export function FolderActions({ folder }: { folder: SnippetFolder }) {
  const update = useUpdateFolder();
  const remove = useDeleteFolder();
  const [isEditing, setEditing] = useState(false);
  const close = (): void => setEditing(false);
  if (isEditing) {
    return (
      <NameForm
        label={LABEL}
        initial={folder.name}
        action="Save"
        writing={update}
        onSubmit={(name) => update.mutate({ folder, name }, { onSuccess: close })}
        onCancel={close}
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
