import { Ellipsis, Lock, Pencil, Trash2 } from "lucide-react";
import { type ReactNode, Suspense, memo, use, useMemo, useState } from "react";
import { useCommentWrites } from "@/api/comment-writes";
import { messageOf } from "@/api/errors";
import { useMe } from "@/api/session";
import type { Comment } from "@/api/types";
import { safeHref } from "@/lib/links";
import { readLeniently, showNodes } from "@/lib/plain-html";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/IconButton";
import { Menu, MenuItem } from "@/ui/Menu";
import { cx } from "@/ui/cx";
import styles from "./Card.module.css";
import { When } from "./When";
import { CommentEditor } from "./comment-editor";
import { splitMentions } from "./comment-text";

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
  const editor = use(CommentEditor);
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
        {isMine && editor && !isEditing && (
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
      {isEditing && editor ? (
        <Suspense fallback={<CommentText comment={comment} />}>
          {editor({
            html: comment.content,
            isBusy: edit.isPending,
            onSave: (content) =>
              edit.mutate({ id: comment.id, content }, { onSuccess: () => setEditing(false) }),
            onCancel: () => {
              edit.reset();
              setEditing(false);
            },
          })}
        </Suspense>
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
          {isEditing && " What you wrote is here."}
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
