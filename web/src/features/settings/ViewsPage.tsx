import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useCanWrite } from "@/api/lookups";
import type { View } from "@/api/types";
import { useDeleteView, useUpdateView, useViews } from "@/api/views";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { ConfirmButton } from "./ConfirmButton";
import { Loaded } from "./Loaded";
import { NameForm } from "./forms";
import styles from "./parts.module.css";
import { Section } from "./Section";

export function ViewsPage() {
  const views = useViews();
  const canWrite = useCanWrite();
  return (
    <Section
      title="Saved views"
      text={
        canWrite
          ? "New ones are saved from the list, once it is filtered."
          : "You can read them. Admins and users change shared ones."
      }
    >
      <Loaded query={views} what="The views" empty="Nobody has saved a view yet.">
        {(data) => (
          <ul className={styles.list}>
            {data.map((view) => (
              <Row key={view.id} view={view} canWrite={canWrite} />
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

function Row({ view, canWrite }: { view: View; canWrite: boolean }) {
  const [isEditing, setEditing] = useState(false);
  const remove = useDeleteView(view.id);
  if (isEditing) return <Rename view={view} onClose={() => setEditing(false)} />;
  return (
    <li className={styles.row}>
      <div className={styles.grow}>
        <div className={styles.name}>
          <Link to="/inbox/$view" params={{ view: view.id }} dir="auto">
            {view.name}
          </Link>
          <Badge>{view.is_shared ? "Shared" : "Only you"}</Badge>
        </div>
        {view.owner && (
          <div className={styles.quiet}>
            By <bdi>{view.owner.name ?? view.owner.email}</bdi>
          </div>
        )}
      </div>
      {canWrite && (
        <div className={styles.actions}>
          <Button size="small" aria-label={`Rename ${view.name}`} onClick={() => setEditing(true)}>
            Rename
          </Button>
          <ConfirmButton
            label="Delete"
            name={`Delete ${view.name}`}
            title={`Delete “${view.name}”`}
            text={
              view.is_shared
                ? "It goes for everyone in the team. Threads stay as they are."
                : "Threads stay as they are."
            }
            run={() => remove.mutateAsync()}
          />
        </div>
      )}
    </li>
  );
}

function Rename({ view, onClose }: { view: View; onClose: () => void }) {
  const update = useUpdateView(view.id);
  return (
    <li className={styles.row}>
      <NameForm
        label="Name of the view"
        initial={view.name}
        action="Save"
        writing={update}
        onSubmit={(name) => update.mutate({ name }, { onSuccess: onClose })}
        onCancel={onClose}
      />
    </li>
  );
}
