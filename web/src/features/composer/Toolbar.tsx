import { type Editor, useEditorState } from "@tiptap/react";
import { Bold, Code, Italic, Link, List, ListOrdered, TextQuote } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { keyLabels } from "@/lib/shortcuts";
import { typedLink } from "@/lib/links";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { IconButton } from "@/ui/IconButton";
import { Popover } from "@/ui/Popover";
import styles from "./Editor.module.css";

const SIZE = 16;
const MARKS = [
  { name: "bold", label: "Bold", keys: "mod+b", icon: <Bold size={SIZE} /> },
  { name: "italic", label: "Italic", keys: "mod+i", icon: <Italic size={SIZE} /> },
  { name: "bulletList", label: "Bulleted list", keys: "mod+shift+8", icon: <List size={SIZE} /> },
  {
    name: "orderedList",
    label: "Numbered list",
    keys: "mod+shift+7",
    icon: <ListOrdered size={SIZE} />,
  },
  { name: "blockquote", label: "Quote", keys: "mod+shift+b", icon: <TextQuote size={SIZE} /> },
  { name: "code", label: "Code", keys: "mod+e", icon: <Code size={SIZE} /> },
] as const;

function toggle(editor: Editor, name: (typeof MARKS)[number]["name"]): void {
  const chain = editor.chain().focus();
  const { from, to } = editor.state.selection;
  const isManyLines = editor.state.doc.textBetween(from, to, "\n").includes("\n");
  const isBlock = isManyLines || editor.isActive("codeBlock");
  if (name === "bold") chain.toggleBold().run();
  else if (name === "italic") chain.toggleItalic().run();
  else if (name === "bulletList") chain.toggleBulletList().run();
  else if (name === "orderedList") chain.toggleOrderedList().run();
  else if (name === "blockquote") chain.toggleBlockquote().run();
  else if (isBlock) chain.toggleCodeBlock().run();
  else chain.toggleCode().run();
}

/** Arrows walk along the tools, so that all of them are one stop for Tab. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const tools = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-tool]")];
  const at = tools.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  tools[(at + step + tools.length) % tools.length]?.focus();
}

export function Toolbar({
  editor,
  isLinking,
  onLinking,
  end,
}: {
  editor: Editor;
  isLinking: boolean;
  onLinking: (isLinking: boolean) => void;
  end?: ReactNode;
}) {
  const state = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      marks: MARKS.map(
        ({ name }) => now.isActive(name) || (name === "code" && now.isActive("codeBlock")),
      ),
      isLink: now.isActive("link"),
    }),
  });
  return (
    <div className={styles.toolbar}>
      <div role="toolbar" aria-label="Formatting" className={styles.tools} onKeyDown={walk}>
        {MARKS.map(({ name, label, keys, icon }, at) => (
          <IconButton
            key={name}
            data-tool
            tabIndex={at === 0 ? 0 : -1}
            label={label}
            shortcut={keyLabels(keys).join(" ")}
            icon={icon}
            aria-pressed={state.marks[at] === true}
            onClick={() => toggle(editor, name)}
          />
        ))}
        <Popover
          label="Link"
          open={isLinking}
          onOpenChange={onLinking}
          trigger={
            <IconButton
              data-tool
              tabIndex={-1}
              label="Link"
              shortcut={keyLabels("mod+shift+k").join(" ")}
              icon={<Link size={SIZE} />}
              aria-pressed={state.isLink}
            />
          }
        >
          <LinkForm editor={editor} onDone={() => onLinking(false)} />
        </Popover>
      </div>
      {end}
    </div>
  );
}

function LinkForm({ editor, onDone }: { editor: Editor; onDone: () => void }) {
  const [address, setAddress] = useState(() => String(editor.getAttributes("link")["href"] ?? ""));
  const [error, setError] = useState<string | null>(null);
  const isLink = editor.isActive("link");
  return (
    <form
      className={styles.linkForm}
      onSubmit={(event) => {
        event.preventDefault();
        const href = typedLink(address);
        if (href === null) return setError("This is no address of the web or of a mail.");
        const chain = editor.chain().focus().extendMarkRange("link");
        if (editor.state.selection.empty && !isLink) {
          chain.insertContent({
            type: "text",
            text: address.trim(),
            marks: [{ type: "link", attrs: { href } }],
          });
        } else chain.setLink({ href });
        chain.run();
        onDone();
      }}
    >
      <Field
        label="Address"
        value={address}
        error={error}
        placeholder="https://"
        autoFocus
        onChange={(event) => setAddress(event.target.value)}
      />
      <div className={styles.linkActions}>
        {isLink && (
          <Button
            onClick={() => {
              editor.chain().focus().extendMarkRange("link").unsetLink().run();
              onDone();
            }}
          >
            Remove link
          </Button>
        )}
        <Button type="submit" variant="primary">
          Set link
        </Button>
      </div>
    </form>
  );
}
