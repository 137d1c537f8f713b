"""Every statement on messages that are held back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.paging import fetch_whole_page
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import columns, iso, json_object
from looplane.workspaces.sql import IS_LIVE

NOUN = "held message"
# As many rounds take at once, and sweeps.
_MAX_DUE = 100
_MAX_SWEPT = 1000

_BODY = json_object(
    columns("h", "id", "thread_id", "state")
    | {"content": "h.html"}
    | columns("h", "cc", "bcc")
    | {"then": "h.changes", "held_for": "extract(epoch from h.due_at - h.created_at)::int"}
    | {"due_at": iso("h.due_at"), "created_at": iso("h.created_at")}
    | columns("h", "message_id")
)
# $1 workspace, $2 id.
GET = f"select {_BODY}::text as body from held_messages h where workspace_id = $1 and id = $2"
# $1 workspace, $2 member.
LIST = f"""
select {_BODY}::text as body from held_messages h
where workspace_id = $1 and member_id = $2 and state = 'held' order by due_at, id"""

# $1 workspace, $2 id, $3 columns, $4 version of the cleaner.
INSERT = """
insert into held_messages (workspace_id, id, member_id, thread_id, html, html_version, cc, bcc,
  attachments, channel_id, expected_last_message_id, changes, ai_draft_generated_at, created_at,
  updated_at, due_at)
select $1, $2, r.member_id, r.thread_id, r.html, $4, r.cc, r.bcc, r.attachments, r.channel_id,
  r.expected_last_message_id, r.changes, r.ai_draft_generated_at, r.created_at, r.created_at,
  r.due_at
from jsonb_populate_record(null::held_messages, $3) r"""

# Of a member's own, the thread: who holds both holds that first. $1 workspace, $2 id, $3 member.
FIND_THREAD = """
select thread_id from held_messages where workspace_id = $1 and id = $2 and member_id = $3"""
# Whatever became of the thread: a message of one that was deleted goes back.
LOCK_THREAD = "select from threads where workspace_id = $1 and id = $2 for update"
LOCK_FREE_THREAD = """
select true from threads where workspace_id = $1 and id = $2 for update skip locked"""

# All of it, held; $1 workspace, $2 id.
HOLD = """
select id, workspace_id, member_id, thread_id, state, html, html_version, cc, bcc, attachments,
  channel_id, expected_last_message_id, changes, ai_draft_generated_at
from held_messages where workspace_id = $1 and id = $2 for update"""

# What is due at $1, in all workspaces.
FIND_DUE = f"""
select workspace_id, id, thread_id from held_messages
where state = 'held' and due_at <= $1
  and {IS_LIVE}
order by due_at, id limit {_MAX_DUE}"""

# How a message ended; its words are elsewhere by now. $1 workspace, $2 id, $3 state, $4 the
# message that was sent, $5 now.
END = """
update held_messages set state = $3, message_id = $4, html = '', cc = '[]', bcc = '[]',
  attachments = '[]', updated_at = $5
where workspace_id = $1 and id = $2"""

# What the same member holds back in the thread $2 and wrote after the same message $4: the one
# that was sent now, $5, is no surprise to them. $3 member.
EXPECT_SENT = """
update held_messages set expected_last_message_id = $5
where workspace_id = $1 and thread_id = $2 and member_id = $3 and state = 'held'
  and expected_last_message_id = $4"""

# Its HTML is as that version of the cleaner left it. $1 workspace, $2 message.
MARK_CLEANED = "update messages set html_version = $3 where workspace_id = $1 and id = $2"

# Who sends; no row for who is no member any more. $1 workspace, $2 member.
FIND_MEMBER = """
select role from members where workspace_id = $1 and id = $2 and deleted_at is null"""

# What ended before $1, in all workspaces.
DELETE_ENDED = f"""
delete from held_messages where (workspace_id, id) in (
  select workspace_id, id from held_messages where state <> 'held' and updated_at < $1
  order by updated_at limit {_MAX_SWEPT} for update skip locked)"""


async def get_held(con: Connection, context: Context, id: UUID) -> Answer:
    """One held message, by whomever."""
    return Answer(or_404(await con.fetchval(GET, context.workspace_id, id), NOUN))


async def list_held(con: Connection, context: Context) -> Answer:
    """The member's own that are still held, the next one to leave first."""
    return Answer(await fetch_whole_page(con, LIST, context.workspace_id, context.member_id))


async def insert_held(
    con: Connection, workspace_id: UUID, id: UUID, columns: dict[str, Any]
) -> None:
    """Stores a message that is held back from now on."""
    await con.execute(INSERT, workspace_id, id, columns, CLEANER_VERSION)


async def hold_own(con: Connection, context: Context, id: UUID) -> Row:
    """One of the member's own, held with its thread. Raises NotFound."""
    key = (context.workspace_id, id)
    thread_id = or_404(await con.fetchval(FIND_THREAD, *key, context.member_id), NOUN)
    await con.execute(LOCK_THREAD, context.workspace_id, thread_id)
    return or_404(await con.fetchrow(HOLD, *key), NOUN)


async def end(
    con: Connection, row: Row, state: str, now: datetime, message_id: UUID | None = None
) -> None:
    """Says how a message that is held ended."""
    await con.execute(END, row["workspace_id"], row["id"], state, message_id, now)
