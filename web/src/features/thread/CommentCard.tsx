import { Ellipsis, Lock, Pencil, Trash2 } from "lucide-react";
import { type ReactNode, memo, useMemo, useState } from "react";
import { useCommentWrites } from "@/api/comment-writes";
import { messageOf } from "@/api/errors";
import { useMe } from "@/api/session";
import type { Comment } from "@/api/types";
import { readLeniently, safeHref, showNodes, textOf } from "@/lib/plain-html";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Menu, MenuItem } from "@/ui/Menu";
import { cx } from "@/ui/cx";
import styles from "./Card.module.css";
import { When } from "./When";
import { htmlOf, splitMentions } from "./comment-text";

const EDITED_AFTER_MS = 1_000;

/** What the team says among itself: on another ground than what the customer sees, with a lock. */
export const CommentCard = memo(function CommentCard({
  comment,
  labelId,
}: {
  comment: Comment;
  labelId: string;
}) {
  const me = useMe();
  const { edit, remove } = useCommentWrites(comment.thread_id);
  const [isEditing, setEditing] = useState(false);
  const name = comment.author?.name ?? comment.author?.email ?? "Somebody who left";
  const isMine = comment.author?.id === me.id && me.role !== "VIEWER";
  const isEdited =
    Date.parse(comment.updated_at) - Date.parse(comment.created_at) > EDITED_AFTER_MS;
  const error = edit.error ?? remove.error;
  return (
    <div className={cx(styles.card, styles.comment)}>
      <div className={styles.top}>
        <Avatar name={name} src={comment.author?.image_url ?? null} size={24} />
        <span className={styles.who} id={labelId}>
          <span className={styles.name} dir="auto">
            {name}
          </span>
          <span className={styles.lock}>
            <Lock size={12} aria-hidden />
            Team only
          </span>
        </span>
        <span className={styles.grow} />
        {isEdited && <span className={styles.quiet}>edited</span>}
        <When at={comment.created_at} />
        {isMine && !isEditing && (
          <Menu
            align="end"
            trigger={
              <IconButton
                size="small"
                className={styles.more}
                label="Change this comment"
                icon={<Ellipsis size={16} />}
              />
            }
          >
            <MenuItem icon={<Pencil size={16} />} onSelect={() => setEditing(true)}>
              Edit
            </MenuItem>
            <MenuItem
              icon={<Trash2 size={16} />}
              isDanger
              onSelect={() => remove.mutate(comment.id)}
            >
              Delete
            </MenuItem>
          </Menu>
        )}
      </div>
      {isEditing ? (
        <EditText
          html={comment.content}
          onSave={(content) => {
            setEditing(false);
            if (content !== null) edit.mutate({ id: comment.id, content });
          }}
        />
      ) : (
        <CommentText comment={comment} />
      )}
      {comment.attachments.map((file) => (
        <a
          key={file.url}
          className={styles.file}
          href={safeHref(file.url) ?? undefined}
          target="_blank"
          rel="noreferrer noopener"
        >
          {file.name}
        </a>
      ))}
      {error && (
        <p className={styles.refused} role="alert">
          The comment is as it was. {messageOf(error)}
        </p>
      )}
    </div>
  );
});

function CommentText({ comment }: { comment: Comment }) {
  const nodes = useMemo(() => readLeniently(comment.content), [comment.content]);
  const names = comment.mentions.flatMap((one) => [one.name ?? "", one.email]).filter(Boolean);
  const mark = (text: string): ReactNode =>
    splitMentions(text, names).map((part, at) =>
      part.isMention ? (
        <span key={at} className={styles.mention}>
          {part.text}
        </span>
      ) : (
        part.text
      ),
    );
  return (
    <div className={styles.text} dir="auto">
      {showNodes(nodes, mark)}
    </div>
  );
}

/** The words alone: what is bold or a list in a comment that is changed is written anew. */
function EditText({ html, onSave }: { html: string; onSave: (html: string | null) => void }) {
  const [text, setText] = useState(() =>
    readLeniently(html)
      .map(textOf)
      .join("\n\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
  );
  const save = (): void => onSave(text.trim() === "" ? null : htmlOf(text));
  return (
    <div className={styles.edit}>
      <textarea
        className={styles.field}
        aria-label="Comment"
        autoFocus
        dir="auto"
        rows={Math.min(12, text.split("\n").length + 1)}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save();
          if (event.key === "Escape") {
            event.stopPropagation();
            onSave(null);
          }
        }}
      />
      <div className={styles.buttons}>
        <Button size="small" variant="primary" disabled={text.trim() === ""} onClick={save}>
          Save
        </Button>
        <Button size="small" onClick={() => onSave(null)}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
