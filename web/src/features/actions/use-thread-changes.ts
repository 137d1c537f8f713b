import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isKeptChange, messageOf } from "@/api/errors";
import { markRead } from "@/api/reading";
import { deleteThread } from "@/api/thread-deletion";
import { useMe } from "@/api/session";
import { useThreadRow } from "@/api/threads";
import { type ThreadWrite, useUpdateThread } from "@/api/thread-writes";
import type { Tag, Thread, UserRef } from "@/api/types";
import { dateNow } from "@/lib/clock";
import { momentInWords } from "@/lib/dates";
import { PAIN } from "@/lib/pain";
import { announce } from "@/ui/LiveRegion";

export interface RefusedChange {
  threadId: string;
  /** What the thread is called, since another one may be open by now. */
  name: string;
  label: string;
  why: string;
  /** Whether it is kept and can be sent again from the thread. */
  isKept: boolean;
}

/** For undo, and for the notice that offers it. */
export const DELETED = "Thread deleted";

const nameOf = (thread: Thread): string =>
  thread.title ?? thread.contact?.name ?? thread.contact?.email ?? "A thread";

/** The changes of one thread, each with its words for undo and for those who hear the screen. */
export function useThreadChanges(threadId: string, onAdvance: () => void) {
  const client = useQueryClient();
  const me = useMe();
  const thread = useThreadRow(threadId);
  const { updateAsync } = useUpdateThread();
  const [refused, setRefused] = useState<RefusedChange | null>(null);

  const refuse = (of: Thread, label: string, error: unknown, isKept = false): void =>
    setRefused({ threadId: of.id, name: nameOf(of), label, why: messageOf(error), isKept });

  const change = (
    patch: ThreadWrite["patch"],
    label: string,
    shown?: ThreadWrite["shown"],
  ): void => {
    if (!thread) return;
    setRefused(null);
    announce(label);
    updateAsync({ id: threadId, patch, label, ...(shown && { shown }) }).catch((error: unknown) => {
      refuse(thread, label, error, isKeptChange(error));
    });
  };

  return {
    thread,
    canChange: me.role !== "VIEWER",
    refused,
    dismiss: () => setRefused(null),
    change,
    done: (isClosed: boolean) => {
      if (!thread) return;
      const isDone = thread.status === "done";
      onAdvance();
      if (isDone && !isClosed) return;
      change(
        { status: "done", ...(isClosed && { closed_loop: true }) },
        isClosed ? "Done, loop closed" : "Done",
      );
    },
    reopen: () => change({ status: "open" }, "Reopened"),
    snooze: (at: Date) => {
      onAdvance();
      change(
        { status: "snoozed", snoozed_until: at.toISOString() },
        `Snoozed until ${momentInWords(at, dateNow())}`,
      );
    },
    assignToMe: () => {
      if (thread?.assignee?.id === me.id) {
        announce("It is assigned to you already");
        return;
      }
      const { id, name, email, image_url } = me;
      change({ assignee_id: id }, "Assigned to you", {
        assignee: { id, name, email, image_url },
      });
    },
    assign: (assignee: UserRef | null) =>
      change(
        { assignee_id: assignee?.id ?? null },
        assignee ? `Assigned to ${assignee.name ?? assignee.email}` : "Unassigned",
        { assignee },
      ),
    tags: (tags: Tag[]) => change({ tag_ids: tags.map((tag) => tag.id) }, "Tags changed", { tags }),
    remove: () => {
      if (!thread) return;
      onAdvance();
      setRefused(null);
      announce(DELETED);
      deleteThread(client, threadId, DELETED).catch((error: unknown) =>
        refuse(thread, DELETED, error),
      );
    },
    copyLink: () => {
      const address = `${location.origin}/inbox/open/${threadId}`;
      navigator.clipboard.writeText(address).then(
        () => announce("The link is copied"),
        (error: unknown) => thread && refuse(thread, "Copy the link", error),
      );
    },
    pain: (level: Thread["pain_level"]) => {
      if (thread?.pain_level === level) return;
      change({ pain_level: level }, `Pain: ${PAIN[level].label.toLowerCase()}`);
    },
    toggleRead: () => {
      if (!thread) return;
      const isRead = !thread.is_read;
      const label = isRead ? "Marked read" : "Marked unread";
      setRefused(null);
      announce(label);
      markRead(client, threadId, isRead).catch((error: unknown) => refuse(thread, label, error));
    },
  };
}
