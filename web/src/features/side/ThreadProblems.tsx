import { useQuery } from "@tanstack/react-query";
import { take, v2 } from "@/api/client";
import { useTeam } from "@/api/lookups";
import { reasonOf } from "@/api/thread-edits";
import type { PatchField } from "@/api/thread-fields";
import { useConflict, useUnsaved } from "@/api/thread-writes";
import { ConflictBox, UnsavedBox } from "./EditState";
import { FIELD_NAMES, mineWords, valueWords, whoChanged } from "./conflict-words";
import styles from "./side.module.css";

/** The conflict of a thread in some of its fields, or in any; nothing where there is none. */
export function ThreadConflict({
  threadId,
  fields,
}: {
  threadId: string;
  fields?: readonly PatchField[];
}) {
  const { conflict, keepTheirs, keepMine } = useConflict(threadId);
  const isHere = conflict !== null && (!fields || fields.includes(conflict.field));
  const { data: team } = useTeam(isHere);
  const { data: events } = useQuery({
    queryKey: ["who-changed", threadId, conflict?.at],
    enabled: isHere,
    queryFn: ({ signal }) =>
      take(
        v2.GET("/threads/{id}/events", {
          params: { path: { id: threadId }, query: { limit: 30 } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
  if (!isHere) return null;
  const nameOf = (id: string): string | null => {
    const member = team?.find((one) => one.id === id);
    return member ? (member.name ?? member.email) : null;
  };
  return (
    <ConflictBox
      field={FIELD_NAMES[conflict.field] ?? conflict.field}
      who={whoChanged(events?.data ?? [], conflict.fields, nameOf)}
      theirs={valueWords(conflict.theirs, conflict.field)}
      mine={mineWords(conflict.mine, conflict.field)}
      onTheirs={keepTheirs}
      onMine={keepMine}
    />
  );
}

function ThreadUnsaved({ threadId }: { threadId: string }) {
  const { unsaved, retry, giveUp } = useUnsaved(threadId);
  const [first] = unsaved;
  if (!first) return null;
  return (
    <UnsavedBox
      labels={unsaved.map(({ write }) => write.label)}
      reason={reasonOf(first.error)}
      onRetry={retry}
      onGiveUp={giveUp}
    />
  );
}

/** Fields that have a row in the details, where their conflict is shown. */
const IN_ROWS: readonly PatchField[] = [
  "assignee_id",
  "pain_level",
  "tag_ids",
  "contact_id",
  "company_id",
];

/**
 * What of a thread asks for an answer. Above the details it leaves out what stands at its own
 * field; where the details are hidden, it shows all.
 */
export function ThreadProblems({
  threadId,
  isBesideRows = false,
}: {
  threadId: string;
  isBesideRows?: boolean;
}) {
  const { conflict } = useConflict(threadId);
  const { unsaved } = useUnsaved(threadId);
  const isElsewhere = conflict !== null && !(isBesideRows && IN_ROWS.includes(conflict.field));
  if (!isElsewhere && unsaved.length === 0) return null;
  return (
    <div className={styles.outside}>
      <ThreadUnsaved threadId={threadId} />
      {isElsewhere && <ThreadConflict threadId={threadId} />}
    </div>
  );
}
