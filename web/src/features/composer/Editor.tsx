import {
  type ComponentType,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { PlainEditor } from "./PlainEditor";

export interface Suggestion {
  id: string;
  label: string;
  detail?: string;
  /** What is put in for it. */
  html: string;
}

/** What each sign finds; a sign that is not there opens nothing. */
export type Suggestions = Partial<Record<";" | "@", (query: string) => readonly Suggestion[]>>;

interface Caret {
  at: number;
  isAtEnd: boolean;
}

export interface EditorHandle {
  focus: () => void;
  /** Where the caret of the plain field is. */
  caret?: () => Caret;
}

export interface EditorProps {
  label: string;
  placeholder: string;
  html: string;
  /** Another one means that the text comes from elsewhere and is to be shown anew. */
  revision: number;
  /** Whether the field takes the focus as it comes. */
  hasFocus: boolean;
  onChange: (html: string) => void;
  /** The text as the editor shows it, where nobody typed it. */
  onShown: (html: string) => void;
  onBlur: () => void;
  onSend: () => void;
  onEscape: () => void;
  suggest: Suggestions;
  /** Takes files; pictures that are to stand in the text come back with their name in it. */
  addFiles: (files: File[], isInline: boolean) => { cid: string; name: string }[];
  findPicture: (cid: string) => string | null;
  handle: RefObject<EditorHandle | null>;
  /** At the end of the toolbar. */
  end?: ReactNode;
  /** Where the caret was in the plain field, if the text was typed there. */
  typedUpTo?: Caret | null;
}

type Loaded = ComponentType<EditorProps>;
let loaded: Loaded | null = null;

/** Fetches the editor, so that it is there by the time somebody wants to write. */
export async function loadEditor(): Promise<Loaded> {
  loaded ??= (await import("./RichEditor")).default;
  return loaded;
}

/** The editor; until it is there, or where it does not come, a plain field that loses nothing. */
export function Editor(props: EditorProps) {
  const [state, setState] = useState<Loaded | "loading" | "failed">("loading");
  const [isFocused, setFocused] = useState(props.hasFocus);
  const isComposing = useRef(false);
  const isTyped = useRef(false);
  const [typedUpTo, setTypedUpTo] = useState<Caret | null>(null);
  const { hasFocus, handle } = props;
  // The editor lives a moment alone if it is not on the screen by then: what is rendered first may
  // wait to be shown, as behind a part that is still loading, and what follows it here may not.
  useLayoutEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- for that reason
    if (loaded) setState(() => loaded ?? "loading");
  }, []);
  useEffect(() => {
    if (state !== "loading") return;
    let isGone = false;
    const show = (editor: Loaded): void => {
      if (isGone) return;
      // Letters that an input method is still putting together have no place to go to.
      if (isComposing.current) setTimeout(show, 200, editor);
      else {
        if (isTyped.current) setTypedUpTo(handle.current?.caret?.() ?? null);
        setState(() => editor);
      }
    };
    loadEditor().then(show, () => !isGone && setState("failed"));
    return () => {
      isGone = true;
    };
  }, [state, handle]);
  useEffect(() => {
    // Also where it was there already: what was taken back is gone on with.
    if (hasFocus) handle.current?.focus();
  }, [hasFocus, handle]);
  if (typeof state !== "string") {
    const Rich = state;
    return <Rich {...props} hasFocus={isFocused} typedUpTo={typedUpTo} />;
  }
  return (
    <PlainEditor
      {...props}
      onFocusChange={setFocused}
      onTyped={() => {
        isTyped.current = true;
      }}
      onComposing={(is) => {
        isComposing.current = is;
      }}
      onRetry={state === "failed" ? () => setState("loading") : null}
    />
  );
}
