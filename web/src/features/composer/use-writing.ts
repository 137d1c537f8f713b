import { useEffect, useState } from "react";
import { writingIn } from "@/api/presence";
import { isBlank } from "./html";
import type { KeeperState } from "./unsent-text";

/** Tells those who are at the same thread that an answer is being written: typed, not just kept. */
export function useWriting(threadId: string, { text, revision }: KeeperState): void {
  const [begun, setBegun] = useState({ revision, html: text.html });
  // A new revision is a text that came from elsewhere.
  if (begun.revision !== revision) setBegun({ revision, html: text.html });
  const isUntouchedDraft = text.draftAt !== null && !text.isEdited;
  const isWriting = text.html !== begun.html && !isBlank(text.html) && !isUntouchedDraft;
  useEffect(() => {
    if (!isWriting) return;
    writingIn.set(threadId);
    return () => writingIn.set(null);
  }, [threadId, isWriting]);
}
