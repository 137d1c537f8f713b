import { useState } from "react";
import { useCanWrite } from "@/api/lookups";
import { useDeleteSnippet, useSnippetFolders, useSnippets } from "@/api/snippets";
import type { Snippet, SnippetFolder } from "@/api/types";
import { firstWords } from "@/lib/first-words";
import { Button } from "@/ui/Button";
import { Loaded } from "./Loaded";
import { RowActions } from "./forms";
import styles from "./parts.module.css";
import { Section } from "./Section";
import { AddFolder, FolderActions } from "./SnippetFolders";
import { SnippetForm } from "./SnippetForm";

export function SnippetsPage() {
  const snippets = useSnippets();
  const folders = useSnippetFolders();
  const canWrite = useCanWrite();
  const [isAdding, setAdding] = useState(false);
  const known = new Set(folders.data?.map(({ id }) => id));
  const isLoose = (snippet: Snippet): boolean => !known.has(snippet.folder_id ?? "");
  const all = folders.data ?? [];
  return (
    <>
      <Section
        title="Snippets"
        text={
          canWrite
            ? "Words that are written often. In an answer, type ; and the beginning of the title."
            : "You can read them. Admins and users change them."
        }
        action={
          canWrite && !isAdding && <Button onClick={() => setAdding(true)}>Write a snippet</Button>
        }
      >
        {isAdding && <SnippetForm folders={all} onClose={() => setAdding(false)} />}
        {canWrite && <AddFolder />}
        <Loaded query={snippets} what="The snippets" empty="Nobody has written one yet.">
          {(data) => <List snippets={data.filter(isLoose)} folders={all} canWrite={canWrite} />}
        </Loaded>
      </Section>
      {all.map((folder) => {
        const inside = snippets.data?.filter((snippet) => snippet.folder_id === folder.id) ?? [];
        return (
          <Section
            key={folder.id}
            title={folder.name}
            action={canWrite && <FolderActions folder={folder} />}
          >
            {inside.length === 0 ? (
              <p className={styles.text}>No snippet is in it.</p>
            ) : (
              <List snippets={inside} folders={all} canWrite={canWrite} />
            )}
          </Section>
        );
      })}
    </>
  );
}

function List({
  snippets,
  folders,
  canWrite,
}: {
  snippets: readonly Snippet[];
  folders: readonly SnippetFolder[];
  canWrite: boolean;
}) {
  if (snippets.length === 0) return null;
  const sorted = [...snippets].sort((one, other) => one.title.localeCompare(other.title));
  return (
    <ul className={styles.list}>
      {sorted.map((snippet) => (
        <Row key={snippet.id} snippet={snippet} folders={folders} canWrite={canWrite} />
      ))}
    </ul>
  );
}

function Row({
  snippet,
  folders,
  canWrite,
}: {
  snippet: Snippet;
  folders: readonly SnippetFolder[];
  canWrite: boolean;
}) {
  const [isEditing, setEditing] = useState(false);
  const remove = useDeleteSnippet();
  if (isEditing) {
    return (
      <li className={styles.row}>
        <SnippetForm snippet={snippet} folders={folders} onClose={() => setEditing(false)} />
      </li>
    );
  }
  return (
    <li className={styles.row}>
      <div className={styles.grow}>
        <div className={styles.name}>
          <bdi>{snippet.title}</bdi>
        </div>
        <div className={styles.preview} dir="auto">
          {firstWords(snippet.html)}
        </div>
      </div>
      {canWrite && (
        <RowActions
          name={snippet.title}
          onChange={() => setEditing(true)}
          onDelete={() => remove.mutate(snippet)}
          deleting={remove}
        />
      )}
    </li>
  );
}
