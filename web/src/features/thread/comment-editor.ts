import { type ReactNode, createContext } from "react";

export interface CommentEditorProps {
  html: string;
  isBusy: boolean;
  onSave: (html: string) => void;
  onCancel: () => void;
}

export type EditComment = (props: CommentEditorProps) => ReactNode;

/** What a comment is changed with: the editor of the composer, which the page puts in. */
export const CommentEditor = createContext<EditComment | null>(null);
