import { useState } from "react";
import { useThreadRow } from "@/api/threads";
import { SnoozePicker } from "@/pickers/SnoozePicker";
import { useAction } from "@/lib/actions";
import { ClosingLoop } from "./ClosingLoop";
import { Refused } from "./Refused";
import { useThreadChanges } from "./use-thread-changes";

export interface ThreadActionsProps {
  /** The open thread, or the highlighted row where none is open. */
  threadId: string;
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
export function ThreadActions({ threadId, onAdvance }: ThreadActionsProps) {
  const thread = useThreadRow(threadId);
  const [picker, setPicker] = useState<Opened | null>(null);
  const [closings, setClosings] = useState(0);
  const changes = useThreadChanges(threadId, onAdvance);
  const open = picker?.threadId === threadId ? picker.kind : null;
  const enabled = thread !== undefined && changes.canChange;
  const show = (kind: Picker) => () => {
    const anchor = document.querySelector(`[data-picker="${kind}"]`);
    setPicker({ kind, threadId, anchor });
  };
  const onOpenChange = (isOpen: boolean): void => {
    if (!isOpen) setPicker(null);
  };

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
  useAction("assign-me", changes.assignToMe, { enabled });
  useAction("pain-low", () => changes.pain("LOW"), { enabled });
  useAction("pain-medium", () => changes.pain("MEDIUM"), { enabled });
  useAction("pain-high", () => changes.pain("HIGH"), { enabled });
  useAction("pain-unknown", () => changes.pain("UNKNOWN"), { enabled });
  useAction("toggle-read", changes.toggleRead, { enabled });

  return (
    <>
      {thread && (
        <SnoozePicker
          open={open === "snooze"}
          onOpenChange={onOpenChange}
          anchor={picker?.anchor ?? null}
          align="end"
          value={thread.snoozed_until}
          onPick={changes.snooze}
          {...(thread.status === "snoozed" && { onWake: changes.reopen })}
        />
      )}
      {closings > 0 && <ClosingLoop key={closings} />}
      {changes.refused && <Refused refused={changes.refused} onDismiss={changes.dismiss} />}
    </>
  );
}
