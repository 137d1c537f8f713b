import { EditorContent, useEditor, useEditorState } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { Bold, Italic, List, ListOrdered } from "lucide-react";
import { useId } from "react";
import { FormFault } from "@/ui/FormFault";
import { IconButton } from "@/ui/IconButton";
import styles from "./parts.module.css";

/** Plain rich text. Says "" where nothing is written. */
export function SnippetEditor({
  label,
  initial,
  onChange,
  error,
}: {
  label: string;
  initial: string;
  onChange: (html: string) => void;
  error: string | undefined;
}) {
  const id = useId();
  const editor = useEditor({
    extensions: [StarterKit.configure({ heading: false, horizontalRule: false })],
    content: initial,
    // The policy of the page takes no styles but ours.
    injectCSS: false,
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-labelledby": id,
        dir: "auto",
      },
    },
    onUpdate: ({ editor: one }) => onChange(one.isEmpty ? "" : one.getHTML()),
  });
  const active = useEditorState({
    editor,
    selector: ({ editor: one }) => ({
      bold: one.isActive("bold"),
      italic: one.isActive("italic"),
      bullets: one.isActive("bulletList"),
      numbers: one.isActive("orderedList"),
    }),
  });
  const icon = { size: 16, "aria-hidden": true } as const;
  return (
    <div className={styles.stack}>
      <div className={styles.actions}>
        <span id={id} className={styles.label}>
          {label}
        </span>
        <IconButton
          label="Bold"
          icon={<Bold {...icon} />}
          aria-pressed={active.bold}
          onClick={() => editor.chain().focus().toggleBold().run()}
        />
        <IconButton
          label="Italic"
          icon={<Italic {...icon} />}
          aria-pressed={active.italic}
          onClick={() => editor.chain().focus().toggleItalic().run()}
        />
        <IconButton
          label="Bulleted list"
          icon={<List {...icon} />}
          aria-pressed={active.bullets}
          onClick={() => editor.chain().focus().toggleBulletList().run()}
        />
        <IconButton
          label="Numbered list"
          icon={<ListOrdered {...icon} />}
          aria-pressed={active.numbers}
          onClick={() => editor.chain().focus().toggleOrderedList().run()}
        />
      </div>
      <EditorContent editor={editor} className={styles.editor} />
      <FormFault>{error ?? null}</FormFault>
    </div>
  );
}
