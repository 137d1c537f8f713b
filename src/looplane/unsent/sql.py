"""Every statement on text that is not sent yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.ids import new_id
from looplane.kit.paging import fetch_whole_page
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import columns, iso, json_object
from looplane.threads.sql import THREAD

# As many threads are listed, those that were written to last.
_MAX_LISTED = 1000
_UPDATED = {"updated_at": iso("u.updated_at")}
_REPLY = json_object(
    columns("u", "html", "cc", "bcc", "attachments")
    | {"ai_draft_generated_at": iso("u.ai_draft_generated_at")}
    | _UPDATED
    | columns("u", "problem")
)
_COMMENT = json_object(columns("u", "html") | _UPDATED)
_OF_THREAD = "u.workspace_id = $1 and u.thread_id = t.id and u.member_id = $3"

# $1 workspace, $2 thread, $3 member.
GET = f"""
select json_build_object('thread_id', t.id,
  'reply', (select {_REPLY} from unsent_texts u where {_OF_THREAD} and u.mode = 'reply'),
  'comment', (select {_COMMENT} from unsent_texts u where {_OF_THREAD} and u.mode = 'comment')
)::text as body
from threads t where t.workspace_id = $1 and t.id = $2 and t.deleted_at is null"""

_LISTED = json_object(
    {
        "thread_id": "u.thread_id",
        "modes": "u.modes",
        "has_problem": "u.has_problem",
        "updated_at": iso("u.updated_at"),
    }
)
# $1 workspace, $2 member.
LIST = f"""
select {_LISTED}::text as body from (
  select u.thread_id, array_agg(u.mode order by u.mode desc) as modes,
    bool_or(u.problem is not null) as has_problem, max(u.updated_at) as updated_at
  from unsent_texts u
  join threads t on t.workspace_id = $1 and t.id = u.thread_id and t.deleted_at is null
  where u.workspace_id = $1 and u.member_id = $2
  group by u.thread_id order by max(u.updated_at) desc, u.thread_id limit {_MAX_LISTED}) u
order by u.updated_at desc, u.thread_id"""

# One text, held; $1 workspace, $2 thread, $3 member, $4 mode.
HOLD = """
select id, html, cc, bcc, attachments, ai_draft_generated_at, updated_at from unsent_texts
where workspace_id = $1 and thread_id = $2 and member_id = $3 and mode = $4 for update"""

# A new text, unless another tab was faster. The thread is held first, as all do who hold both.
INSERT = """
insert into unsent_texts (workspace_id, id, member_id, thread_id, mode, html, html_version, cc,
  bcc, attachments, ai_draft_generated_at, created_at, updated_at)
select $1, $5, $3, t.id, $4, r.html, $7, r.cc, r.bcc, r.attachments, r.ai_draft_generated_at, $8, $8
from threads t, jsonb_populate_record(null::unsent_texts, $6) r
where t.workspace_id = $1 and t.id = $2 and t.deleted_at is null
for key share of t
on conflict (workspace_id, member_id, thread_id, mode) do nothing
returning true"""

# $1 workspace, $2 id, $3 columns, $4 the version of the cleaner, $5 now.
UPDATE = """
update unsent_texts u set (html, cc, bcc, attachments, ai_draft_generated_at) = (
    select html, cc, bcc, attachments, ai_draft_generated_at from jsonb_populate_record(u, $3)),
  html_version = $4, problem = null, updated_at = greatest($5, updated_at + interval '1 ms')
where workspace_id = $1 and id = $2"""

DELETE = "delete from unsent_texts where workspace_id = $1 and id = $2"

# The reply that goes out now; $1 workspace, $2 thread, $3 member.
TAKE_REPLY = """
delete from unsent_texts
where workspace_id = $1 and thread_id = $2 and member_id = $3 and mode = 'reply'
returning ai_draft_generated_at"""

_TOGETHER = """case when u.{0} in ('[]', excluded.{0}) then excluded.{0} else (
    select jsonb_agg(distinct r) from jsonb_array_elements(excluded.{0} || u.{0}) r) end"""
# What was to be sent and was not, before whatever was written since; see `put_back`.
PUT_BACK = f"""
insert into unsent_texts as u (workspace_id, id, member_id, thread_id, mode, html, html_version, cc,
  bcc, attachments, ai_draft_generated_at, problem, created_at, updated_at)
select $1, $5, $2, $3, 'reply', r.html, r.html_version, r.cc, r.bcc, r.attachments,
  r.ai_draft_generated_at, $6, $7, $7
from jsonb_populate_record(null::unsent_texts, $4) r
on conflict (workspace_id, member_id, thread_id, mode) do update set
  html = case when u.html in ('', excluded.html) then excluded.html
    else excluded.html || '<hr>' || u.html end,
  html_version = least(u.html_version, excluded.html_version),
  cc = {_TOGETHER.format("cc")}, bcc = {_TOGETHER.format("bcc")},
  attachments = {_TOGETHER.format("attachments")},
  ai_draft_generated_at = coalesce(excluded.ai_draft_generated_at, u.ai_draft_generated_at),
  problem = coalesce(excluded.problem, u.problem),
  updated_at = greatest(excluded.updated_at, u.updated_at + interval '1 ms')"""


async def get_unsent(con: Connection, context: Context, thread_id: UUID) -> Answer:
    """What the member wrote about a thread and did not send. Raises NotFound."""
    args = (context.workspace_id, thread_id, context.member_id)
    return Answer(or_404(await con.fetchval(GET, *args), THREAD.noun))


async def list_unsent(con: Connection, context: Context) -> Answer:
    """The threads about which the member wrote something that is not sent."""
    return Answer(await fetch_whole_page(con, LIST, context.workspace_id, context.member_id))


async def hold_text(con: Connection, context: Context, thread_id: UUID, mode: str) -> Row | None:
    """One text, held to the end of the transaction, if there is one."""
    args = (context.workspace_id, thread_id, context.member_id, mode)
    row: Row | None = await con.fetchrow(HOLD, *args)
    return row


async def insert_text(
    con: Connection, context: Context, thread_id: UUID, mode: str, values: Mapping[str, Any]
) -> bool:
    """Stores a new text. False where there is one by now, or no such thread."""
    key = (context.workspace_id, thread_id, context.member_id, mode)
    args = (new_id(), values, CLEANER_VERSION, context.clock())
    return bool(await con.fetchval(INSERT, *key, *args))


async def update_text(
    con: Connection, context: Context, id: UUID, values: Mapping[str, Any]
) -> None:
    """Changes a text that is held."""
    args = (id, values, CLEANER_VERSION, context.clock())
    await con.execute(UPDATE, context.workspace_id, *args)


async def take_reply(
    con: Connection, workspace_id: UUID, thread_id: UUID, member_id: UUID | None
) -> datetime | None:
    """Removes the reply, which goes out now; when the draft was made that it began with."""
    moment: datetime | None = await con.fetchval(TAKE_REPLY, workspace_id, thread_id, member_id)
    return moment


async def put_back(  # noqa: PLR0913  # whose it is, and what became of it
    con: Connection,
    workspace_id: UUID,
    member_id: UUID,
    thread_id: UUID,
    reply: Mapping[str, Any],
    now: datetime,
    problem: str | None = None,
) -> None:
    """Makes a reply unsent text again, and says the `problem` why it could not be sent.

    What the member wrote since comes after it, and who was named since is named as well. The thread
    is held.
    """
    args = (workspace_id, member_id, thread_id, reply, new_id(), problem, now)
    await con.execute(PUT_BACK, *args)
