"""Every statement on messages, but for those that find out about what comes in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from looplane import events
from looplane.filters import exists
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.ids import new_id, parse_id
from looplane.kit.paging import Listing
from looplane.kit.responses import Answer, or_404
from looplane.messages.schemas import MessageQuery
from looplane.slack.sql import IS_CONNECTED
from looplane.threads.children.sql import EVERY_MESSAGE, MESSAGE, NEW_MESSAGE
from looplane.threads.sql import THREAD

NOUN = "message"

# Both parts are read from their own indexes in the order of the page, and no further than it.
_OLDEST_FIRST = Listing(
    "ms",
    f"(select every.*, null::timestamptz as deleted_at from ({EVERY_MESSAGE}) every) ms",
    MESSAGE,
    size="octet_length(ms.text) + octet_length(ms.html)",
    ascending=True,
)
_NEWEST_FIRST = replace(_OLDEST_FIRST, ascending=False)
_HAS_WORDS = """(select bool_and(position(fold_name(word) in folded.text) > 0)
  from (select fold_name(ms.text) as text offset 0) folded, unnest({0}::text[]) word)"""
_THREAD_EXISTS = exists("threads").replace("{0}", "$2")

# A message, its files and its event. $1 workspace, $2 columns, $3 write, $4 files.
INSERT = f"""
with w as materialized ({events.WRITE.format("$3")}),
ms as (
  insert into messages (workspace_id, id, thread_id, type, direction, subject, "from", "to", cc,
    bcc, text, html, html_version, attachments, user_id, external_id, is_opening, created_at)
  select $1, r.id, r.thread_id, r.type, r.direction, r.subject, r."from", r."to", r.cc, r.bcc,
    html_to_text(r.html), r.html, {CLEANER_VERSION}, r.attachments, r.user_id, r.external_id,
    r.is_opening, w.created_at
  from w, jsonb_populate_record(null::messages, $2) as r returning *),
files as (
  insert into message_attachments (workspace_id, id, message_id, content)
  select $1, f.id, ms.id, decode(f.content, 'base64')
  from ms, jsonb_to_recordset($4) as f(id uuid, content text))
{events.insert("ms", NEW_MESSAGE, "ms.id")}"""

# What an answer is decided by, of a thread that is held. $1 workspace, $2 thread, $3 the message
# that the caller takes for the last one, $4 the member who sends.
FIND_THREAD = THREAD.find(
    f"""t.id as thread_id, t.created_at as thread_created_at,
  ct.id as present_contact_id, ct.email as contact_email, ct.name as contact_name,
  lm.id as last_message_id, lm.created_at as last_message_at,
  (select m.subject from messages m where m.workspace_id = $1 and m.thread_id = t.id
    and m.subject <> '' order by m.created_at desc, m.id desc limit 1) as last_subject,
  exists (select from messages m where m.workspace_id = $1 and m.thread_id = t.id
    and m.is_opening) as has_opening,
  exists (select from messages m where m.workspace_id = $1 and m.id = $3
    and m.thread_id = t.id) as is_expected_there,
  (select name from workspaces where id = $1) as workspace_name,
  {IS_CONNECTED} as has_slack,
  (select json_build_object('email', m.email, 'name', coalesce(m.name, ''))::jsonb
    from members m where m.workspace_id = $1 and m.id = $4) as sender""",
    """
left join lateral (select m.id, m.created_at from messages m
  where m.workspace_id = $1 and m.thread_id = t.id
  order by m.created_at desc, m.id desc limit 1) lm on true""",
)


async def list_messages(
    con: Connection, context: Context, thread_id: UUID, query: MessageQuery
) -> Answer:
    """A page of what was said in a thread, by whatever channel. Raises NotFound, Unprocessable."""
    listing = _OLDEST_FIRST if query.order == "asc" else _NEWEST_FIRST
    conditions = Conditions("ms", context.workspace_id, thread_id)
    conditions.add(f"ms.thread_id = $2 and {_THREAD_EXISTS}")
    for name in ("type", "direction"):
        if (value := getattr(query, name)) is not None:
            conditions.add(f"ms.{name} = {{0}}", value)
    if query.user_id is not None:
        conditions.add("ms.user_id = {0}", parse_id(query.user_id))
    if query.q is not None and (words := query.q.split()):
        conditions.add(_HAS_WORDS, sorted(set(words)))
    # A message stays as it was said, so it was last changed when it was made.
    for bound, sign in (("after", ">"), ("before", "<")):
        for name in ("created", "updated"):
            if (moment := getattr(query, f"{name}_{bound}")) is not None:
                conditions.add(f"ms.created_at {sign} {{0}}", moment)
    page = await listing.fetch(con, conditions, query)
    if page.startswith('{"data":[]'):
        # Of a thread that is there or not: the page alone cannot tell.
        or_404(await con.fetchrow(THREAD.get, context.workspace_id, thread_id), THREAD.noun)
    return Answer(page)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message; `content` is base64, None where its bytes are brought by other means."""

    name: str
    content_type: str
    size: int
    content: str | None = None
    content_id: str | None = None
    id: UUID = field(default_factory=new_id)

    @property
    def described(self) -> dict[str, object]:
        """What a message says of it."""
        return {
            "id": self.id,
            "Name": self.name,
            "ContentType": self.content_type,
            "ContentLength": self.size,
            "ContentID": self.content_id,
        }


async def insert_message(
    con: Connection,
    context: Context,
    columns: Mapping[str, object],
    write: dict[str, Any],
    files: Sequence[File] = (),
) -> None:
    """Stores a message and its files; its event is in `write`."""
    whole = {**columns, "attachments": [each.described for each in files]}
    contents = [
        {"id": each.id, "content": each.content} for each in files if each.content is not None
    ]
    await con.execute(INSERT, context.workspace_id, whole, write, contents)
