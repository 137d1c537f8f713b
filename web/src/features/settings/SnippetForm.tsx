import { type SubmitEvent, useState } from "react";
import { faultsOf } from "@/api/form-faults";
import { useCreateSnippet, useUpdateSnippet } from "@/api/snippets";
import type { Snippet, SnippetFolder } from "@/api/types";
import { Field } from "@/ui/Field";
import { FormFault } from "@/ui/FormFault";
import { Select } from "@/ui/Select";
import { FormActions } from "./forms";
import styles from "./parts.module.css";
import { SnippetEditor } from "./SnippetEditor";

export function SnippetForm({
  snippet,
  folders,
  onClose,
}: {
  snippet?: Snippet;
  folders: readonly SnippetFolder[];
  onClose: () => void;
}) {
  const create = useCreateSnippet();
  const update = useUpdateSnippet();
  const [title, setTitle] = useState(snippet?.title ?? "");
  const [html, setHtml] = useState<string | null>(null);
  const [folderId, setFolderId] = useState(snippet?.folder_id ?? "");
  const [isEmpty, setEmpty] = useState(false);
  const faults = faultsOf(create.error ?? update.error, ["title", "html", "folder_id"]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = html ?? snippet?.html ?? "";
    setEmpty(text === "");
    if (text === "") return;
    const folder_id = folderId === "" ? null : folderId;
    if (!snippet) {
      create.mutate({ title: title.trim(), html: text, folder_id }, { onSuccess: onClose });
      return;
    }
    // What was not touched is not sent: the editor knows fewer forms than a mail may have.
    const body = {
      ...(title.trim() !== snippet.title && { title: title.trim() }),
      ...(html !== null && { html }),
      ...(folder_id !== snippet.folder_id && { folder_id }),
    };
    if (Object.keys(body).length === 0) onClose();
    else update.mutate({ snippet, body }, { onSuccess: onClose });
  };
  return (
    <form className={styles.full} onSubmit={submit}>
      <FormFault>{faults.rest}</FormFault>
      <Field
        label="Title"
        required
        autoFocus
        maxLength={255}
        dir="auto"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        error={faults.of["title"]}
      />
      <SnippetEditor
        label="Text"
        initial={snippet?.html ?? ""}
        onChange={setHtml}
        error={isEmpty && !html ? "Write something first." : faults.of["html"]}
      />
      <Select
        label="Folder"
        value={folderId}
        options={[
          { value: "", label: "None" },
          ...folders.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={setFolderId}
      />
      <FormActions
        label={snippet ? "Save" : "Add snippet"}
        isBusy={create.isPending || update.isPending}
        onCancel={onClose}
      />
    </form>
  );
}
