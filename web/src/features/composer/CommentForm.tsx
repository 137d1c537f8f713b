import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ApiError, messageOf } from "@/api/errors";
import { useMe } from "@/api/session";
import { useAction, useKeyLabel } from "@/lib/actions";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { announce } from "@/ui/LiveRegion";
import { Editor, type EditorHandle } from "./Editor";
import { Frame } from "./Frame";
import styles from "./Frame.module.css";
import { Notice, OtherText, ThreadGone } from "./Notices";
import type { FormProps } from "./ReplyForm";
import { isBlank } from "./html";
import { useMentions } from "./mentions";
import { sendKept } from "./send-kept";
import { useKeeper } from "./use-keeper";

/** A note that only the team sees. It is there at once; nothing of it leaves. */
export function CommentForm({
  thread,
  hasFocus,
  onMode,
  onClose,
}: Omit<FormProps, "onSentAndDone">) {
  const { keeper, state } = useKeeper(thread.id, "comment");
  const client = useQueryClient();
  const me = useMe();
  const mentions = useMentions();
  const [isBusy, setBusy] = useState(false);
  const [isFileRefused, setRefused] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const editor = useRef<EditorHandle>(null);
  const frame = useRef<HTMLElement>(null);
  const key = useKeyLabel("send");
  const { text } = state;
  const { html } = text;

  const post = async (): Promise<void> => {
    if (isBusy) return;
    if (isBlank(html)) {
      announce("Write something first");
      return editor.current?.focus();
    }
    setBusy(true);
    setFailure(null);
    try {
      const mentioned = mentions.idsIn(html);
      const body = { content: html, ...(mentioned.length > 0 && { mention_ids: mentioned }) };
      await sendKept(client, me.id, { mode: "comment", threadId: thread.id, body });
      keeper.sent(text);
      announce("Note added");
      onClose();
    } catch (error) {
      const issues = error instanceof ApiError ? error.issues : [];
      setFailure(issues.length > 0 ? issues.join(" ") : messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  useAction("send", () => void post());
  useAction("comment", () => editor.current?.focus());

  return (
    <Frame
      mode="comment"
      frame={frame}
      saved={state.saved}
      onMode={onMode}
      onClose={onClose}
      onFiles={() => setRefused(true)}
    >
      <ThreadGone threadId={thread.id} />
      <OtherText state={state} keeper={keeper} />
      <div className={styles.body}>
        <div className={styles.writing}>
          <Editor
            handle={editor}
            label="Note to the team"
            placeholder="Write to your team. Type @ to mention somebody"
            html={html}
            revision={state.revision}
            hasFocus={hasFocus}
            onChange={(changed) => {
              setRefused(false);
              keeper.change({ html: changed });
            }}
            onShown={() => undefined}
            onBlur={() => void keeper.flush()}
            onSend={() => void post()}
            onEscape={() => frame.current?.focus()}
            suggest={{ "@": mentions.find }}
            addFiles={() => {
              setRefused(true);
              return [];
            }}
            findPicture={() => null}
          />
        </div>
      </div>
      {isFileRefused && <Notice tone="warn">A note takes no files. Put a link in it.</Notice>}
      {failure !== null && (
        <Notice tone="danger">The note was not added. {failure} Your text is here.</Notice>
      )}
      <div className={styles.foot}>
        <Button
          variant="primary"
          className={styles.noteSend}
          isBusy={isBusy}
          onClick={() => void post()}
        >
          Note to the team
          {key !== undefined && <Kbd>{key}</Kbd>}
        </Button>
      </div>
    </Frame>
  );
}
