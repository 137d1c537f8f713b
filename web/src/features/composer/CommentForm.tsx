import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { createComment } from "@/api/comment-writes";
import { useTeam } from "@/api/lookups";
import { ApiError, messageOf } from "@/api/errors";
import { keys } from "@/api/keys";
import { rememberUndo } from "@/api/undo";
import { putUnsent } from "@/api/unsent";
import { useAction, useKeyLabel } from "@/lib/actions";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { announce } from "@/ui/LiveRegion";
import { Editor, type EditorHandle } from "./Editor";
import { Frame } from "./Frame";
import styles from "./Frame.module.css";
import { Notice, OtherText } from "./Notices";
import type { FormProps } from "./ReplyForm";
import { escapeHtml, isBlank, textOf } from "./html";
import { findByWords } from "./snippets";
import { useKeeper } from "./use-keeper";

const calledBy = (member: { name: string | null; email: string }): string =>
  member.name ?? member.email;

/** A note that only the team sees. It is there at once; nothing of it leaves. */
export function CommentForm({
  thread,
  hasFocus,
  onMode,
  onClose,
}: Omit<FormProps, "onSentAndDone">) {
  const { keeper, state } = useKeeper(thread.id, "comment");
  const client = useQueryClient();
  const team = useTeam().data ?? [];
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const editor = useRef<EditorHandle>(null);
  const frame = useRef<HTMLElement>(null);
  const key = useKeyLabel("send");
  const { html } = state.text;

  const post = async (): Promise<void> => {
    if (isBusy) return;
    if (isBlank(html)) {
      announce("Write something first");
      return editor.current?.focus();
    }
    setBusy(true);
    setFailure(null);
    try {
      const said = textOf(html).toLowerCase();
      // A name that several have mentions nobody by itself; who was picked from the list is meant.
      const mentioned = team.filter((one) => said.includes(`@${calledBy(one).toLowerCase()}`));
      const undoToken = await createComment(thread.id, {
        content: html,
        ...(mentioned.length > 0 && { mention_ids: mentioned.map((one) => one.id) }),
      });
      keeper.clear();
      rememberUndo(undoToken, "Note to the team", [thread.id]);
      void putUnsent(thread.id, { mode: "comment", html: "" }).catch(() => undefined);
      void client.invalidateQueries({ queryKey: keys.comments(thread.id) });
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
      onFiles={() => setFailure("A note takes no files. Put a link in it.")}
    >
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
            onChange={(changed) => keeper.change({ html: changed })}
            onShown={() => undefined}
            onBlur={() => void keeper.flush()}
            onSend={() => void post()}
            onEscape={() => frame.current?.focus()}
            suggest={{
              "@": (query) =>
                findByWords(team, query, (one) => `${one.name ?? ""} ${one.email}`.trim())
                  .slice(0, 8)
                  .map((one) => ({
                    id: one.id,
                    label: calledBy(one),
                    ...(one.name !== null && { detail: one.email }),
                    html: `@${escapeHtml(calledBy(one))} `,
                  })),
            }}
            addFiles={() => {
              setFailure("A note takes no files. Put a link in it.");
              return Promise.resolve([]);
            }}
            findPicture={() => null}
          />
        </div>
      </div>
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
