import { ArrowRightLeft } from "lucide-react";
import type { ReactNode } from "react";
import { type Related, useRelatedThreads } from "@/api/related-threads";
import type { FieldEdit } from "@/api/thread-edits";
import type { Thread } from "@/api/types";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { EditState } from "./EditState";
import { PageLink } from "./PageLink";
import { RelatedThreads } from "./RelatedThreads";
import { Section } from "./Section";
import { ThreadConflict } from "./ThreadProblems";
import { countWords } from "./side-words";
import styles from "./side.module.css";

const SHOWN = 5;

export interface RecordSectionProps {
  thread: Thread;
  /** What became of the last change of which one it is. */
  edit: FieldEdit | null;
  isPressing: boolean;
  canWrite: boolean;
}

/** Beside a thread its contact or its company: which one it is, and what is known of it. */
export function RecordSection({
  noun,
  thread,
  edit,
  isPressing,
  canWrite,
  none,
  picker,
  children,
}: RecordSectionProps & {
  noun: "contact" | "company";
  /** What stands there where there is none; nothing where the button says enough. */
  none: string | null;
  picker: (trigger: ReactNode, align: "start" | "end") => ReactNode;
  children: ReactNode;
}) {
  const id = thread[noun]?.id;
  const change = <IconButton label={`Change the ${noun}`} icon={<ArrowRightLeft size={16} />} />;
  return (
    <Section
      name={noun}
      title={noun === "contact" ? "Contact" : "Company"}
      isPressing={isPressing}
      actions={
        id !== undefined && (
          <>
            <PageLink label={`Open the page of the ${noun}`} to={noun} id={id} />
            {canWrite && picker(change, "end")}
          </>
        )
      }
    >
      <EditState edit={edit} />
      <ThreadConflict threadId={thread.id} fields={[`${noun}_id`]} />
      {id === undefined && none !== null && <p className={styles.quiet}>{none}</p>}
      {id === undefined && canWrite && (
        <div>{picker(<Button size="small">Choose a {noun}</Button>, "start")}</div>
      )}
      {children}
    </Section>
  );
}

/** A face, and beside it what is most known of whom it shows. */
export function Card({ face, children }: { face: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.who}>
      {face}
      <div className={styles.whoText}>{children}</div>
    </div>
  );
}

export function OtherThreads({ of, threadId }: { of: Related; threadId: string }) {
  const others = useRelatedThreads(of, SHOWN + 1);
  return (
    <>
      <h4 className={styles.sub}>Other threads {countWords(others.data?.pages, threadId)}</h4>
      <RelatedThreads of={of} except={threadId} limit={SHOWN} empty="This is their only thread." />
    </>
  );
}
