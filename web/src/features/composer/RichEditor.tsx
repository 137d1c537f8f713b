import { EditorContent, type Editor, useEditor } from "@tiptap/react";
import {
  useEffect,
  useEffectEvent,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { isComposing } from "@/ui/composing";
import type { EditorProps } from "./Editor";
import styles from "./Editor.module.css";
import { SuggestList } from "./SuggestList";
import { Toolbar } from "./Toolbar";
import { cleanPaste, pastedFiles } from "./clean-paste";
import { tidy } from "./html";
import { type Wiring, extensionsFor } from "./rich-extensions";
import { type SuggestStore, useSuggest } from "./use-suggest";

/** What the editor, which is made once, calls of what is rendered now. */
class Wire implements Wiring {
  #props: EditorProps;
  #editor: Editor | null = null;
  readonly signs: string;

  constructor(
    props: EditorProps,
    readonly list: SuggestStore,
    readonly onLink: () => void,
  ) {
    this.#props = props;
    this.signs = Object.keys(props.suggest).join("");
  }

  connect(props: EditorProps, editor: Editor): void {
    this.#props = props;
    this.#editor = editor;
  }

  find = (cid: string): string | null => this.#props.findPicture(cid);
  onMatch: Wiring["onMatch"] = (match, view) => this.list.onMatch(match, view);
  onKey = (event: KeyboardEvent): boolean => {
    if (this.list.onKey(event)) return true;
    if (event.key !== "Escape" || isComposing(event)) return false;
    event.preventDefault();
    this.#props.onEscape();
    return true;
  };
  onSend = (): void => this.#props.onSend();
  onBlur = (): void => this.#props.onBlur();
  onShown = (html: string): void => this.#props.onShown(tidy(html));
  onChange = (html: string): void => this.#props.onChange(tidy(html));

  /** Files of the clipboard: pictures stand where the caret is. */
  onPaste = (event: ClipboardEvent): boolean => {
    const files = pastedFiles(event.clipboardData);
    if (files.length === 0) return false;
    for (const { cid, name } of this.#props.addFiles(files, true)) {
      this.#editor?.commands.insertContent({ type: "picture", attrs: { cid, alt: name } });
    }
    return true;
  };
}

/** The editor proper. It comes as a file of its own, and only where somebody writes. */
export default function RichEditor(props: EditorProps) {
  const { label, html, revision, handle, end, typedUpTo = null } = props;
  const [isLinking, setLinking] = useState(false);
  const listId = useId();
  const { store, state: list } = useSuggest();
  const [{ wire, extensions }] = useState(() => {
    const made = new Wire(props, store, () => setLinking(true));
    return { wire: made, extensions: extensionsFor(made) };
  });
  const editor = useEditor({
    extensions,
    content: html,
    // What was typed in the plain field is no source of a page: its last space is meant.
    ...(typedUpTo && { parseOptions: { preserveWhitespace: true } }),
    injectCSS: false,
    onCreate: ({ editor: made }) => wire.onShown(made.getHTML()),
    onUpdate: ({ editor: changed }) => wire.onChange(changed.getHTML()),
    onBlur: () => wire.onBlur(),
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": label,
        class: styles.field ?? "",
        dir: "auto",
        spellcheck: "true",
      },
      transformPastedHTML: cleanPaste,
      handlePaste: (_view, event) => wire.onPaste(event),
      // The frame around takes files that are dropped, wherever they fall.
      handleDrop: (_view, event) => (event.dataTransfer?.files.length ?? 0) > 0,
    },
  });
  useEffect(() => {
    wire.connect(props, editor);
    store.connect(props.suggest, ({ from, to }, picked) => {
      editor.chain().focus().deleteRange({ from, to }).insertContent(picked).run();
    });
  });

  // At once, in the same turn in which the plain field goes: a letter that was typed between the
  // two would be lost, or taken for a key that does something.
  const takeFocus = useEffectEvent(() => {
    if (!props.hasFocus) return;
    const end = editor.state.doc.content.size;
    // Each line break of the plain text is as long here, and the first paragraph begins with one.
    const isWithin = typedUpTo !== null && !typedUpTo.isAtEnd;
    editor.commands.setTextSelection(isWithin ? Math.min(typedUpTo.at + 1, end) : end);
    editor.view.focus();
  });
  useLayoutEffect(() => takeFocus(), []);

  const shownRevision = useRef(revision);
  const show = useEffectEvent(() => {
    const wasEmpty = editor.isEmpty;
    editor.commands.setContent(html, { emitUpdate: false });
    if (wasEmpty) editor.commands.setTextSelection(editor.state.doc.content.size);
    wire.onShown(editor.getHTML());
  });
  useEffect(() => {
    if (shownRevision.current === revision) return;
    shownRevision.current = revision;
    show();
  }, [revision]);

  useImperativeHandle(
    handle,
    () => ({ focus: () => void editor.commands.focus(editor.isFocused ? null : "end") }),
    [editor],
  );

  const isOpen = list.match !== null && list.items.length > 0;
  useEffect(() => {
    const field = editor.view.dom;
    const said = {
      "aria-controls": listId,
      "aria-autocomplete": "list",
      "aria-activedescendant": `${listId}-${list.at}`,
    };
    for (const [name, value] of Object.entries(said)) {
      if (isOpen) field.setAttribute(name, value);
      else field.removeAttribute(name);
    }
  }, [editor, isOpen, listId, list.at]);

  return (
    <>
      <div className={styles.frame}>
        {html === "" && <div className={styles.placeholder}>{props.placeholder}</div>}
        <EditorContent editor={editor} className={styles.content ?? ""} />
      </div>
      {isOpen && list.place && (
        <SuggestList
          id={listId}
          label={list.match?.sign === "@" ? "People" : "Snippets"}
          items={list.items}
          at={list.at}
          place={list.place}
          onPick={store.pick}
          onHover={store.mark}
        />
      )}
      <Toolbar editor={editor} isLinking={isLinking} onLinking={setLinking} end={end} />
    </>
  );
}
