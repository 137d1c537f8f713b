import type { ReactNode } from "react";
import type { ResourceEdits } from "@/api/resource-writes";
import { EditableText } from "@/ui/EditableText";
import { ConflictBox, EditState, UnsavedBox } from "./EditState";
import { Row } from "./Row";

type Edits<T, P> = ResourceEdits<T, P>;

interface RowOf<T, P> {
  label: string;
  field: keyof P & string;
  edits: Edits<T, P>;
  /** Whether it stands by itself, its label only for those who hear it. */
  isBare?: boolean;
  /** What a thing, or a change, says in this field, in words. */
  wordsOf: (thing: Partial<T>) => string;
}

/** A field of a contact or a company, with what became of its last change. */
export function ResourceRow<T, P>({
  label,
  field,
  edits,
  wordsOf,
  isBare = false,
  children,
}: RowOf<T, P> & { children: ReactNode }) {
  const conflict = edits.conflicts.find((one) => one.fields.includes(field));
  const edit = edits.edit(field);
  const state = conflict ? (
    <ConflictBox
      field={label}
      who={{
        name: "Somebody else",
        at: (conflict.theirs as { updated_at?: string }).updated_at ?? null,
      }}
      theirs={wordsOf(conflict.theirs)}
      mine={wordsOf({ ...(conflict.mine.patch as Partial<T>), ...conflict.mine.shown })}
      onTheirs={conflict.keepTheirs}
      onMine={conflict.keepMine}
    />
  ) : edit && edit.state !== "saving" ? (
    <EditState edit={edit} />
  ) : null;
  if (isBare) {
    return (
      <div role="group" aria-label={label}>
        {children}
        {state}
      </div>
    );
  }
  return (
    <Row label={label} state={state}>
      {children}
    </Row>
  );
}

/** The same, where the field is a text. */
export function TextRow<T, P>({
  value,
  onSave,
  canWrite,
  placeholder,
  display,
  check,
  inputMode,
  className,
  note,
  ...row
}: RowOf<T, P> & {
  value: string;
  onSave: (text: string) => void;
  canWrite: boolean;
  placeholder?: string;
  display?: ReactNode;
  check?: (text: string) => string | null;
  inputMode?: "email" | "numeric" | "url";
  className?: string | undefined;
  /** Below the text. */
  note?: ReactNode;
}) {
  return (
    <ResourceRow {...row}>
      <EditableText
        label={row.label}
        value={value}
        onSave={onSave}
        isReadOnly={!canWrite}
        wraps
        className={className}
        {...(placeholder !== undefined && { placeholder })}
        {...(display !== undefined && { display })}
        {...(check && { check })}
        {...(inputMode && { inputMode })}
      />
      {note}
    </ResourceRow>
  );
}

/** What of a contact or a company could not be sent. */
export function UnsavedEdits<T, P>({ edits }: { edits: Edits<T, P> }) {
  const [first] = edits.unsaved;
  if (!first) return null;
  return (
    <UnsavedBox
      labels={edits.unsaved.map(({ write }) => write.label)}
      reason={first.reason}
      onRetry={edits.retry}
      onGiveUp={edits.giveUp}
    />
  );
}
