import { useState } from "react";
import { linkedOf, useThreadNeeds } from "@/api/needs";
import { useThreadRow } from "@/api/threads";
import type { Thread } from "@/api/types";
import { useAction } from "@/lib/actions";
import { AssigneePicker } from "@/pickers/AssigneePicker";
import { ProjectPicker } from "@/pickers/ProjectPicker";
import { SnoozePicker } from "@/pickers/SnoozePicker";
import { TagPicker } from "@/pickers/TagPicker";
import { ClosingLoop } from "./ClosingLoop";
import { DeletedNotice } from "./DeletedNotice";
import { Refused } from "./Refused";
import { type RefusedChange, useThreadChanges } from "./use-thread-changes";

interface ThreadActionsProps {
  /** The open thread, or the highlighted row where none is open. */
  threadId: string | undefined;
  /** Whether the thread is open, so that what is kept of it is shown there. */
  isOpen: boolean;
  /** Opens the next thread, before this one leaves the list. */
  onAdvance: () => void;
}

type Picker = "snooze" | "assign" | "tags" | "project";

interface Opened {
  kind: Picker;
  threadId: string;
  /** The button of the header for it, where there is one on the screen. */
  anchor: Element | null;
}

/** What can be done to a thread by key, menu or palette, wherever it is on the screen. */
export function ThreadActions({ threadId = "", isOpen, onAdvance }: ThreadActionsProps) {
  const thread = useThreadRow(threadId);
  const [picker, setPicker] = useState<Opened | null>(null);
  const [closings, setClosings] = useState(0);
  const changes = useThreadChanges(threadId, onAdvance);
  const isThere = thread !== undefined;
  const enabled = isThere && changes.canChange;
  const show = (kind: Picker) => () => {
    const anchor = document.querySelector(`[data-picker="${kind}"]`);
    setPicker({ kind, threadId, anchor });
  };

  const isShownThere = (refused: RefusedChange): boolean =>
    refused.isKept && isOpen && refused.threadId === threadId;

  useAction("done", () => changes.done(false), { enabled });
  useAction(
    "done-closed",
    () => {
      setClosings((before) => before + 1);
      changes.done(true);
    },
    { enabled },
  );
  useAction("reopen", changes.reopen, { enabled: enabled && thread.status !== "open" });
  useAction("snooze", show("snooze"), { enabled });
  useAction("assign", show("assign"), { enabled });
  useAction("assign-me", changes.assignToMe, { enabled });
  useAction("tags", show("tags"), { enabled });
  useAction("project", show("project"), { enabled });
  useAction("pain-low", () => changes.pain("LOW"), { enabled });
  useAction("pain-medium", () => changes.pain("MEDIUM"), { enabled });
  useAction("pain-high", () => changes.pain("HIGH"), { enabled });
  useAction("pain-unknown", () => changes.pain("UNKNOWN"), { enabled });
  useAction("toggle-read", changes.toggleRead, { enabled });
  useAction("delete", changes.remove, { enabled });
  useAction("copy-link", changes.copyLink, { enabled: isThere });

  return (
    <>
      {thread && (
        <Pickers
          thread={thread}
          opened={picker?.threadId === threadId ? picker : null}
          onClose={() => setPicker(null)}
          changes={changes}
        />
      )}
      {closings > 0 && <ClosingLoop key={closings} />}
      {changes.refused && !isShownThere(changes.refused) && (
        <Refused refused={changes.refused} onDismiss={changes.dismiss} />
      )}
      <DeletedNotice />
    </>
  );
}

function Pickers({
  thread,
  opened,
  onClose,
  changes,
}: {
  thread: Thread;
  opened: Opened | null;
  onClose: () => void;
  changes: ReturnType<typeof useThreadChanges>;
}) {
  const needs = useThreadNeeds(thread.id);
  const open = (kind: Picker) => ({
    open: opened?.kind === kind,
    anchor: opened?.anchor ?? null,
    onOpenChange: (isOpen: boolean) => {
      if (!isOpen) onClose();
    },
  });
  return (
    <>
      <SnoozePicker
        {...open("snooze")}
        align="end"
        value={thread.snoozed_until}
        onPick={changes.snooze}
        {...(thread.status === "snoozed" && { onWake: changes.reopen })}
      />
      {opened?.kind === "assign" && (
        <AssigneePicker
          {...open("assign")}
          value={thread.assignee?.id ?? null}
          onPick={changes.assign}
        />
      )}
      {opened?.kind === "tags" && (
        <TagPicker {...open("tags")} value={thread.tags} onPick={changes.tags} />
      )}
      {opened?.kind === "project" && (
        <ProjectPicker
          {...open("project")}
          value={thread.customer_needs.map(linkedOf)}
          onPick={needs.change}
        />
      )}
    </>
  );
}
