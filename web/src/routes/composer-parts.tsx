import { useEffect } from "react";
import { lazyPart } from "@/api/lazy-part";
import type { CommentEditorProps } from "@/features/thread/comment-editor";

export const HeldBar = lazyPart(() =>
  import("@/features/composer/HeldBar").then((module) => module.HeldBar),
);
const loadComposer = () => import("@/features/composer/Composer");
export const Composer = lazyPart(() => loadComposer().then((module) => module.Composer));
const CommentEdit = lazyPart(() =>
  import("@/features/composer/CommentEdit").then((module) => module.default),
);
export const editComment = (props: CommentEditorProps) => <CommentEdit {...props} />;

// After the first list is there, so that the keys of the first thread find the composer loaded.
const LOAD_COMPOSER_AFTER_MS = 1_000;

export function usePreloadedComposer(): void {
  useEffect(() => {
    const load = (): void => void loadComposer().catch(() => undefined);
    const timer = setTimeout(load, LOAD_COMPOSER_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
}
