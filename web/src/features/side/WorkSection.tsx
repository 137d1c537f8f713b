import { UserRoundX } from "lucide-react";
import { useState } from "react";
import { useMe } from "@/api/session";
import type { FieldEdit } from "@/api/thread-edits";
import type { PatchField } from "@/api/thread-fields";
import { useUpdateThread } from "@/api/thread-writes";
import type { Tag, Thread } from "@/api/types";
import { PAIN } from "@/lib/pain";
import { TagIcon } from "@/lib/TagIcon";
import { AssigneePicker } from "@/pickers/AssigneePicker";
import { PainPicker } from "@/pickers/PainPicker";
import { TagPicker } from "@/pickers/TagPicker";
import { Avatar } from "@/ui/Avatar";
import { Bars } from "@/ui/Bars";
import { Button } from "@/ui/Button";
import { Chip } from "@/ui/Chip";
import { IconButton } from "@/ui/IconButton";
import { Pencil } from "lucide-react";
import { EditState } from "./EditState";
import { Row } from "./Row";
import { Section } from "./Section";
import { ThreadConflict } from "./ThreadProblems";
import styles from "./side.module.css";

type EditOf = (...fields: PatchField[]) => FieldEdit | null;

function FieldState({
  threadId,
  field,
  editOf,
}: {
  threadId: string;
  field: PatchField;
  editOf: EditOf;
}) {
  return (
    <>
      <EditState edit={editOf(field)} />
      <ThreadConflict threadId={threadId} fields={[field]} />
    </>
  );
}

/** Who does it, and how much it hurts. */
export function WorkSection({
  thread,
  editOf,
  isPressing,
  canWrite,
}: {
  thread: Thread;
  editOf: EditOf;
  isPressing: boolean;
  canWrite: boolean;
}) {
  const { update } = useUpdateThread();
  const me = useMe();
  const { id, assignee } = thread;
  const pain = PAIN[thread.pain_level];
  const who = assignee ? (
    <>
      <Avatar name={assignee.name ?? assignee.email} src={assignee.image_url} size={20} />
      <span className={styles.cut} dir="auto">
        {assignee.name ?? assignee.email}
        {assignee.id === me.id && <span className={styles.quiet}> (you)</span>}
      </span>
    </>
  ) : (
    <>
      <UserRoundX size={20} className={styles.quiet} aria-hidden />
      <span className={styles.quiet}>Nobody</span>
    </>
  );
  const hurts = (
    <>
      <Bars level={pain.bars} />
      <span className={pain.bars === 0 ? styles.quiet : styles.cut}>{pain.label}</span>
    </>
  );
  return (
    <Section name="work" title="Work" isPressing={isPressing}>
      <Row
        label="Assignee"
        state={<FieldState threadId={id} field="assignee_id" editOf={editOf} />}
      >
        {canWrite ? (
          <AssigneePicker
            value={assignee?.id ?? null}
            trigger={
              <button type="button" className={styles.pick}>
                <span className="visually-hidden">Change assignee: </span>
                {who}
              </button>
            }
            onPick={(member) =>
              update({
                id,
                patch: { assignee_id: member?.id ?? null },
                shown: { assignee: member },
                label: member ? `Assigned to ${member.name ?? member.email}` : "Assigned to nobody",
              })
            }
          />
        ) : (
          <div className={styles.pick}>{who}</div>
        )}
      </Row>
      <Row label="Pain" state={<FieldState threadId={id} field="pain_level" editOf={editOf} />}>
        {canWrite ? (
          <PainPicker
            value={thread.pain_level}
            trigger={
              <button type="button" className={styles.pick}>
                <span className="visually-hidden">Change pain: </span>
                {hurts}
              </button>
            }
            onPick={(level) =>
              update({
                id,
                patch: { pain_level: level },
                label: `Pain: ${PAIN[level].label.toLowerCase()}`,
              })
            }
          />
        ) : (
          <div className={styles.pick}>{hurts}</div>
        )}
      </Row>
    </Section>
  );
}

// More of them would push the contact out of sight.
const TAGS_SHOWN = 12;

/** The tags of a thread, each with its picture on its colour. */
export function TagsSection({
  thread,
  editOf,
  isPressing,
  canWrite,
}: {
  thread: Thread;
  editOf: EditOf;
  isPressing: boolean;
  canWrite: boolean;
}) {
  const { update } = useUpdateThread();
  const [showsAll, setShowsAll] = useState(false);
  const { id, tags } = thread;
  const shown = showsAll || tags.length <= TAGS_SHOWN + 1 ? tags : tags.slice(0, TAGS_SHOWN);
  const set = (next: Tag[], label: string): void =>
    update({ id, patch: { tag_ids: next.map((tag) => tag.id) }, shown: { tags: next }, label });
  const picker = (trigger: React.ReactNode, align: "start" | "end") => (
    <TagPicker value={tags} align={align} trigger={trigger} onPick={(next) => set(next, "Tags")} />
  );
  return (
    <Section
      name="tags"
      title="Tags"
      count={tags.length > 0 ? String(tags.length) : undefined}
      isPressing={isPressing}
      actions={
        tags.length > 0 && canWrite
          ? picker(<IconButton label="Change the tags" icon={<Pencil size={16} />} />, "end")
          : null
      }
    >
      {tags.length > 0 ? (
        <ul className={styles.tags}>
          {shown.map((tag) => (
            <li key={tag.id} className={styles.tag}>
              <Chip
                icon={<TagIcon tag={tag} size={16} />}
                removeLabel={`Remove the tag ${tag.name}`}
                {...(canWrite && {
                  onRemove: () =>
                    set(
                      tags.filter((other) => other.id !== tag.id),
                      `Removed the tag ${tag.name}`,
                    ),
                })}
              >
                <span dir="auto" title={tag.name}>
                  {tag.name}
                </span>
              </Chip>
            </li>
          ))}
          {shown.length < tags.length && (
            <li>
              <Button size="small" variant="quiet" onClick={() => setShowsAll(true)}>
                Show {tags.length - shown.length} more
              </Button>
            </li>
          )}
        </ul>
      ) : canWrite ? (
        <div>{picker(<Button size="small">Add tags</Button>, "start")}</div>
      ) : (
        <p className={styles.quiet}>No tags</p>
      )}
      <FieldState threadId={id} field="tag_ids" editOf={editOf} />
    </Section>
  );
}
