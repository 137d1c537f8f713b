import { useRef, useState } from "react";
import { useKeyLabel } from "@/lib/actions";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import styles from "./CommentEdit.module.css";
import { Editor, type EditorHandle } from "./Editor";
import { isBlank } from "./html";
import { useMentions } from "./mentions";

/** A comment, changed where it stands and with all that it has. */
export default function CommentEdit({
  html,
  isBusy,
  onSave,
  onCancel,
}: {
  html: string;
  isBusy: boolean;
  onSave: (html: string) => void;
  onCancel: () => void;
}) {
  const [text, setText] = useState(html);
  // What the editor makes of it is no change of anybody's.
  const [shown, setShown] = useState(html);
  const mentions = useMentions();
  const editor = useRef<EditorHandle>(null);
  const saveButton = useRef<HTMLButtonElement>(null);
  const key = useKeyLabel("send");
  const save = (): void => {
    if (isBlank(text)) return editor.current?.focus();
    if (text === shown) return onCancel();
    onSave(text);
  };
  return (
    <div className={styles.edit}>
      <Editor
        handle={editor}
        label="Comment"
        placeholder="Write to your team. Type @ to mention somebody"
        html={text}
        revision={0}
        hasFocus
        onChange={setText}
        onShown={(made) => {
          setText(made);
          setShown(made);
        }}
        onBlur={() => undefined}
        onSend={save}
        // What was typed is not lost by a key; the next one says what becomes of it.
        onEscape={() => (text === shown ? onCancel() : saveButton.current?.focus())}
        suggest={{ "@": mentions.find }}
        addFiles={() => []}
        findPicture={() => null}
      />
      <div className={styles.buttons}>
        <Button
          ref={saveButton}
          size="small"
          variant="primary"
          disabled={isBlank(text)}
          isBusy={isBusy}
          onClick={save}
        >
          Save
          {key !== undefined && <Kbd>{key}</Kbd>}
        </Button>
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
