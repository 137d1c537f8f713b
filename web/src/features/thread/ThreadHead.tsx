import { ChevronDown, Check, Clock, Ellipsis, Link2, Mail, MailOpen, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useMe } from "@/api/session";
import type { Thread } from "@/api/types";
import { useKeyLabel, useRunAction } from "@/lib/actions";
import { useNow, whenTime } from "@/lib/dates";
import { STATUS, statusOf } from "@/lib/status";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Menu, MenuItem, MenuSeparator } from "@/ui/Menu";
import { StatusShape } from "@/ui/StatusShape";
import { Tooltip } from "@/ui/Tooltip";
import { Presence } from "./Presence";
import styles from "./ThreadHead.module.css";
import { TitleEdit } from "./TitleEdit";

/** What a thread is called, how it stands, and what can be done with it. */
export function ThreadHead({
  thread,
  title,
  isClosed,
  headerStart,
  headerEnd,
}: {
  thread: Thread;
  title: string;
  isClosed: boolean | null;
  headerStart: ReactNode;
  headerEnd: ReactNode;
}) {
  const canWrite = useMe().role !== "VIEWER";
  return (
    <header className={styles.head}>
      <div className={styles.first}>
        {headerStart}
        <TitleEdit key={`title ${thread.id}`} thread={thread} shown={title} canEdit={canWrite} />
        <Presence key={`presence ${thread.id}`} threadId={thread.id} />
        <DraftBadge thread={thread} />
        {headerEnd}
      </div>
      <div className={styles.second}>
        <StatusButton thread={thread} isClosed={isClosed} canWrite={canWrite} />
        <AssigneeButton thread={thread} canWrite={canWrite} />
        <span className={styles.grow} />
        {canWrite && <DoneButtons thread={thread} />}
        <MoreMenu thread={thread} canWrite={canWrite} />
      </div>
    </header>
  );
}

function DraftBadge({ thread }: { thread: Thread }) {
  if (thread.ai_draft_error_at) return <Badge tone="danger">AI draft failed</Badge>;
  if (thread.ai_draft_html) return <Badge tone="accent">AI draft</Badge>;
  return null;
}

function StatusButton({
  thread,
  isClosed,
  canWrite,
}: {
  thread: Thread;
  isClosed: boolean | null;
  canWrite: boolean;
}) {
  const run = useRunAction();
  const now = useNow();
  const status = statusOf(thread, isClosed);
  const keys = {
    done: useKeyLabel("done"),
    closed: useKeyLabel("done-closed"),
    snooze: useKeyLabel("snooze"),
    reopen: useKeyLabel("reopen"),
  };
  const { label, shape } = STATUS[status];
  const until = status === "snoozed" && thread.snoozed_until;
  const face = (
    <>
      <StatusShape shape={shape} />
      {until && <span className={styles.whereWide}>Until </span>}
      {until ? whenTime(until, now) : label}
    </>
  );
  if (!canWrite) return <span className={styles.fact}>{face}</span>;
  return (
    <Menu
      trigger={
        <Button variant="quiet" size="small" data-thread-status={status}>
          <span className="visually-hidden">Status: </span>
          {face}
          <ChevronDown size={14} className={until ? styles.whereWide : undefined} aria-hidden />
        </Button>
      }
    >
      <MenuItem
        icon={<StatusShape shape="half" />}
        shortcut={keys.reopen}
        disabled={thread.status === "open"}
        onSelect={() => run("reopen")}
      >
        {thread.status === "snoozed" ? "Wake now" : "Reopen"}
      </MenuItem>
      <MenuItem
        icon={<StatusShape shape="clock" />}
        shortcut={keys.snooze}
        onSelect={() => afterMenu(() => run("snooze"))}
      >
        {until ? "Snooze until another time…" : "Snooze…"}
      </MenuItem>
      <MenuItem
        icon={<StatusShape shape="check" />}
        shortcut={keys.done}
        disabled={thread.status === "done"}
        onSelect={() => run("done")}
      >
        Done
      </MenuItem>
      <MenuItem
        icon={<StatusShape shape="closed" />}
        shortcut={keys.closed}
        disabled={status === "closed"}
        onSelect={() => run("done-closed")}
      >
        Done, close the loop
      </MenuItem>
    </Menu>
  );
}

// A menu gives the focus back as it closes, which would close what it opened.
const afterMenu = (then: () => void): void => void setTimeout(then, 0);

function AssigneeButton({ thread, canWrite }: { thread: Thread; canWrite: boolean }) {
  const run = useRunAction();
  const key = useKeyLabel("assign");
  const { assignee } = thread;
  const name = assignee?.name ?? assignee?.email;
  const face = (
    <>
      {assignee && <Avatar name={name ?? ""} src={assignee.image_url} size={18} />}
      <span className={assignee ? styles.name : styles.clip} dir="auto">
        {name ?? "Nobody"}
      </span>
    </>
  );
  if (!canWrite) return <span className={styles.fact}>{face}</span>;
  return (
    <Tooltip text="Assign" shortcut={key}>
      <Button
        variant="quiet"
        size="small"
        data-picker="assign"
        aria-haspopup="dialog"
        onClick={() => run("assign")}
      >
        <span className="visually-hidden">Assigned to </span>
        {face}
      </Button>
    </Tooltip>
  );
}

function DoneButtons({ thread }: { thread: Thread }) {
  const run = useRunAction();
  const snoozeKey = useKeyLabel("snooze");
  const doneKey = useKeyLabel("done");
  const closedKey = useKeyLabel("done-closed");
  const reopenKey = useKeyLabel("reopen");
  return (
    <>
      <IconButton
        label="Snooze"
        shortcut={snoozeKey}
        icon={<Clock size={16} />}
        data-picker="snooze"
        aria-haspopup="dialog"
        onClick={() => run("snooze")}
      />
      {thread.status === "done" ? (
        <Tooltip text="Reopen" shortcut={reopenKey}>
          <Button size="small" onClick={() => run("reopen")}>
            Reopen
          </Button>
        </Tooltip>
      ) : (
        <div className={styles.split} role="group" aria-label="Done">
          <Tooltip text="Mark done" shortcut={doneKey}>
            <Button size="small" onClick={() => run("done")}>
              <Check size={16} aria-hidden />
              Done
            </Button>
          </Tooltip>
          <Menu
            align="end"
            trigger={
              <Button size="small" aria-label="More ways to be done">
                <ChevronDown size={14} aria-hidden />
              </Button>
            }
          >
            <MenuItem
              icon={<StatusShape shape="check" />}
              shortcut={doneKey}
              onSelect={() => run("done")}
            >
              Done
            </MenuItem>
            <MenuItem
              icon={<StatusShape shape="closed" />}
              shortcut={closedKey}
              onSelect={() => run("done-closed")}
            >
              Done, close the loop
            </MenuItem>
          </Menu>
        </div>
      )}
    </>
  );
}

function MoreMenu({ thread, canWrite }: { thread: Thread; canWrite: boolean }) {
  const run = useRunAction();
  const readKey = useKeyLabel("toggle-read");
  return (
    <Menu align="end" trigger={<IconButton label="More" icon={<Ellipsis size={16} />} />}>
      <MenuItem icon={<Link2 size={16} aria-hidden />} onSelect={() => run("copy-link")}>
        Copy the link
      </MenuItem>
      {canWrite && (
        <>
          <MenuItem
            icon={thread.is_read ? <Mail size={16} /> : <MailOpen size={16} />}
            shortcut={readKey}
            onSelect={() => run("toggle-read")}
          >
            {thread.is_read ? "Mark unread" : "Mark read"}
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={<Trash2 size={16} />} isDanger onSelect={() => run("delete")}>
            Delete the thread
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
