import { memo, useDeferredValue } from "react";
import { isGone, messageOf } from "@/api/errors";
import { useCanWrite } from "@/api/lookups";
import { useThreadEdits } from "@/api/thread-edits";
import type { PatchField } from "@/api/thread-fields";
import { useConflict } from "@/api/thread-writes";
import { useThread } from "@/api/threads";
import type { Thread } from "@/api/types";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Skeleton } from "@/ui/Skeleton";
import { CompanySection } from "./CompanySection";
import { ContactSection } from "./ContactSection";
import { ExternalSection, OriginSection } from "./MoreSections";
import { NeedsSection } from "./NeedsSection";
import { ThreadProblems } from "./ThreadProblems";
import { TagsSection, WorkSection } from "./WorkSection";
import styles from "./side.module.css";

/** Beside a thread: who asks, for whom, and what is done about it. What is said comes first. */
export function SidePanel({ threadId }: { threadId: string }) {
  return <Panel threadId={useDeferredValue(threadId)} />;
}

const Panel = memo(function Panel({ threadId }: { threadId: string }) {
  const { data: thread, error, refetch } = useThread(threadId);
  // The pane of the thread says so, and there is nothing to be told of it here.
  if (isGone(error)) return null;
  if (!thread && error) {
    return (
      <ErrorPanel title="The details could not be loaded" onRetry={() => void refetch()}>
        {messageOf(error)}
      </ErrorPanel>
    );
  }
  if (!thread) {
    return (
      <div className={styles.wait} aria-busy>
        <Skeleton width="40%" />
        <Skeleton height={36} />
        <Skeleton />
        <Skeleton width="70%" />
        <Skeleton width="40%" />
        <Skeleton height={36} />
      </div>
    );
  }
  return <Details key={threadId} thread={thread} />;
});

function Details({ thread }: { thread: Thread }) {
  const canWrite = useCanWrite();
  const editOf = useThreadEdits(thread.id);
  const { conflict } = useConflict(thread.id);
  // What asks for an answer is never folded away.
  const isPressing = (...fields: PatchField[]): boolean =>
    editOf(...fields)?.state === "refused" ||
    (conflict !== null && fields.includes(conflict.field));
  const shared = { thread, canWrite };
  return (
    <div className={styles.panel}>
      <ThreadProblems threadId={thread.id} isBesideRows />
      <WorkSection
        {...shared}
        editOf={editOf}
        isPressing={isPressing("assignee_id", "pain_level")}
      />
      <TagsSection {...shared} editOf={editOf} isPressing={isPressing("tag_ids")} />
      <ContactSection
        {...shared}
        edit={editOf("contact_id")}
        isPressing={isPressing("contact_id")}
      />
      <CompanySection
        {...shared}
        edit={editOf("company_id")}
        isPressing={isPressing("company_id")}
      />
      <NeedsSection {...shared} />
      <ExternalSection thread={thread} />
      <OriginSection thread={thread} />
    </div>
  );
}
