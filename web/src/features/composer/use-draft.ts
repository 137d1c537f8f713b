import { useEffect, useEffectEvent, useState } from "react";
import { useHeld } from "@/api/held";
import { useUpdateThread } from "@/api/thread-writes";
import type { Thread } from "@/api/types";
import { announce } from "@/ui/LiveRegion";
import { type DraftState, draftOf, draftState } from "./draft-state";
import { isBlank } from "./html";
import type { UnsentKeeper } from "./unsent-keeper";
import type { KeeperState, Text } from "./unsent-text";

const BADGE_AFTER_MS = 400;

/** True once it has been for so long, so that what is over at once does not flash. */
export function useAfter(is: boolean, ms: number): boolean {
  const [since, setSince] = useState(false);
  useEffect(() => {
    if (!is) return;
    const timer = setTimeout(() => setSince(true), ms);
    return () => {
      clearTimeout(timer);
      setSince(false);
    };
  }, [is, ms]);
  return is && since;
}

/** What the field says next, and whether that is still what the draft said. */
export function changedText(before: Text, html: string): Partial<Text> {
  if (before.draftAt === null) return { html };
  const isBack = html === before.draftHtml;
  // Words that begin anew, where the draft's were deleted, are somebody's own.
  if (isBlank(before.html) && !isBack && !isBlank(html)) {
    return { html, draftAt: null, draftHtml: null, isEdited: false };
  }
  return { html, isEdited: !isBack };
}

export interface DraftUse extends DraftState {
  html: string | null;
  badgeShown: DraftState["badge"];
  /** The text just followed a new draft. */
  hasSwapped: boolean;
  /** What Replace took away, until something else is typed. */
  replaced: Text | null;
  replace: () => void;
  insertBelow: () => void;
  takeBack: () => void;
  discard: () => void;
  dismissError: () => void;
}

export function useDraft(thread: Thread, keeper: UnsentKeeper, state: KeeperState): DraftUse {
  const { update } = useUpdateThread();
  const { text } = state;
  const draft = draftOf(thread);
  const isEmpty = isBlank(text.html);
  const local = { isEmpty, draftAt: text.draftAt, isEdited: text.isEdited };
  const shown = draftState(draft, local, thread.last_inbound_message_at);
  const isBadgeDue = useAfter(shown.badge !== null, BADGE_AFTER_MS);
  const [replaced, setReplaced] = useState<{ before: Text; by: string } | null>(null);

  const put = (html: string, isSwap = false): void =>
    keeper.replace(
      { html, draftAt: draft.generatedAt, draftHtml: html, isEdited: false },
      { isSwap },
    );
  // A draft that was just sent is there until it has left; it is no draft of another answer.
  const isAnswered = (useHeld().data ?? []).some((one) => one.thread_id === thread.id);
  const isReady = state.isLoaded && state.other === null && !isAnswered;
  const follow = useEffectEvent(() => {
    if (shown.unloads) {
      keeper.replace({ html: "", draftAt: null, draftHtml: null, isEdited: false });
      announce("The AI draft is gone");
    } else if (draft.html !== null) {
      if (shown.swaps) announce("The AI draft was updated");
      put(draft.html, shown.swaps);
    }
  });
  const isDue = isReady && (shown.loads || shown.swaps || shown.unloads);
  useEffect(() => {
    if (isDue) follow();
  }, [isDue, draft.generatedAt]);

  return {
    ...shown,
    html: draft.html,
    badgeShown: isBadgeDue ? shown.badge : null,
    hasSwapped: state.isSwapped,
    replaced:
      replaced !== null && replaced.by === text.draftAt && !text.isEdited ? replaced.before : null,
    replace: () => {
      if (draft.html === null) return;
      if (!isEmpty && draft.generatedAt !== null) {
        setReplaced({ before: text, by: draft.generatedAt });
      }
      put(draft.html);
    },
    insertBelow: () => {
      if (draft.html === null) return;
      const both = { html: text.html + draft.html, draftAt: draft.generatedAt, draftHtml: null };
      keeper.replace({ ...both, isEdited: true }, { isTyped: true });
    },
    takeBack: () => {
      if (replaced) keeper.replace(replaced.before, { isTyped: true });
      setReplaced(null);
    },
    discard: () => {
      update({ id: thread.id, patch: { ai_draft_html: null }, label: "AI draft discarded" });
      if (text.isEdited)
        keeper.replace({ draftAt: null, draftHtml: null, isEdited: false }, { isTyped: true });
    },
    dismissError: () =>
      update({
        id: thread.id,
        patch: { clear_ai_draft_error: true },
        label: "Failed AI draft dismissed",
      }),
  };
}
