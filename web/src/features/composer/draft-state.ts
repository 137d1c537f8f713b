/** What a thread says of the reply that an AI drafts for it. */
export interface Draft {
  html: string | null;
  generatedAt: string | null;
  startedAt: string | null;
  errorAt: string | null;
}

/** What is in the field of the reply, and what it has to do with a draft. */
export interface LocalText {
  isEmpty: boolean;
  /** When the draft was made that the text began with; null where it began without one. */
  draftAt: string | null;
  /** Whether somebody changed what the draft said. */
  isEdited: boolean;
}

export interface DraftState {
  badge: "drafting" | "updating" | null;
  /** use: it is there, beside what was typed. drafted: it is the text. edited: it became one's own. */
  chip: "use" | "drafted" | "edited" | null;
  /** Edited, and the draft there is now is another one, which can be looked at. */
  hasNewer: boolean;
  failedAt: string | null;
  /** Written before the last message that came in. */
  isStale: boolean;
  /** Becomes the text by itself, now. */
  loads: boolean;
  /** The draft changed on the server; the text, which nobody touched, follows. */
  swaps: boolean;
  /** The draft is gone; the text, which nobody touched, goes with it. */
  unloads: boolean;
}

const isAfter = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && Date.parse(one) > Date.parse(other);

/** What the composer shows of a draft. Nothing of it ever takes the place of what was typed. */
export function draftState(
  draft: Draft,
  local: LocalText,
  lastInboundAt: string | null,
): DraftState {
  const hasDraft = draft.html !== null && draft.html !== "";
  const isDrafting = draft.startedAt !== null;
  const isFromDraft = local.draftAt !== null && !local.isEmpty;
  const isUntouched = isFromDraft && !local.isEdited;
  const isAnother = hasDraft && local.draftAt !== draft.generatedAt;
  const madeAt = isUntouched && !hasDraft ? local.draftAt : draft.generatedAt;
  const isStale = hasDraft && isAfter(lastInboundAt, madeAt);

  // Who deleted the draft's words by hand does not want them back at once.
  const wasDeleted = local.isEmpty && local.isEdited && !isAnother;
  const loads = hasDraft && local.isEmpty && !isStale && !wasDeleted;

  const chip = isUntouched ? "drafted" : isFromDraft ? "edited" : hasDraft ? "use" : null;
  return {
    badge: isDrafting ? (hasDraft ? "updating" : "drafting") : null,
    chip: loads ? "drafted" : chip,
    hasNewer: chip === "edited" && isAnother,
    failedAt: isDrafting ? null : draft.errorAt,
    isStale,
    loads,
    swaps: isUntouched && isAnother,
    unloads: isUntouched && !hasDraft,
  };
}

/** The draft of a thread, as it came. */
export function draftOf(thread: {
  ai_draft_html: string | null;
  ai_draft_generated_at: string | null;
  ai_draft_started_at: string | null;
  ai_draft_error_at: string | null;
}): Draft {
  return {
    html: thread.ai_draft_html,
    generatedAt: thread.ai_draft_generated_at,
    startedAt: thread.ai_draft_started_at,
    errorAt: thread.ai_draft_error_at,
  };
}
