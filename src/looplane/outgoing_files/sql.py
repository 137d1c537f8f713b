"""Every statement on files that are to go with a message."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import columns, iso, json_object

NOUN = "outgoing file"
_MAX_SWEPT = 100

_BODY = json_object(
    columns("f", "id", "name", "content_type", "size") | {"created_at": iso("f.created_at")}
)
# A member's own. $1 workspace, $2 id, $3 member.
_OWN = "f.workspace_id = $1 and f.id = $2 and f.member_id = $3"
GET = f"select {_BODY}::text as body from outgoing_files f where {_OWN}"
FIND = f"select f.name, f.size from outgoing_files f where {_OWN}"
# From the byte $4 on, the first of which is 1, so many as $5.
FIND_PART = f"select substring(f.content from $4 for $5) from outgoing_files f where {_OWN}"
HOLD = f"select true from outgoing_files f where {_OWN} for update"

# A new file, unless its member has more than $9 bytes with it. $1 workspace, $2 id, $3 member, $4
# name, $5 type, $6 content, $7 size, $8 now.
INSERT = """
insert into outgoing_files (workspace_id, id, member_id, name, content_type, content, size,
  created_at)
select $1, $2, $3, $4, $5, $6, $7::int, $8
where $7::int + (select coalesce(sum(f.size), 0) from outgoing_files f
  where f.workspace_id = $1 and f.member_id = $3) <= $9::bigint
returning true"""

# Those of the files $2 that are the member's ($3) own, which then stay to the end of the
# transaction. $1 workspace.
FIND_OWN = """
select id, size from outgoing_files
where workspace_id = $1 and id = any ($2) and member_id = $3
order by id for key share"""

_NAMES_IT = "{0}.attachments @> jsonb_build_array(jsonb_build_object('file_id', f.id))"
# Whether what the file's member has not sent yet names it.
_IS_NAMED = f"""(
  exists (select from unsent_texts u where u.workspace_id = f.workspace_id
    and u.member_id = f.member_id and {_NAMES_IT.format("u")})
  or exists (select from held_messages h where h.workspace_id = f.workspace_id
    and h.member_id = f.member_id and h.state = 'held' and {_NAMES_IT.format("h")}))"""
IS_NAMED = f"select {_IS_NAMED} from outgoing_files f where f.workspace_id = $1 and f.id = $2"
DELETE = "delete from outgoing_files where workspace_id = $1 and id = $2"

# The bytes of files of a message that was just stored: $4 are the files that they come from, each
# for the one of $3 in its place. $1 workspace, $2 message.
COPY = """
insert into message_attachments (workspace_id, id, message_id, content)
select $1, c.id, $2, f.content
from unnest($3::uuid[], $4::uuid[]) as c(id, source_id)
join outgoing_files f on f.workspace_id = $1 and f.id = c.source_id"""

# Those that are older than $1 and named by nothing, in all workspaces, held.
HOLD_OLD = f"""
select f.workspace_id, f.id from outgoing_files f
where f.created_at < $1 and not {_IS_NAMED}
order by f.created_at limit {_MAX_SWEPT} for update of f skip locked"""
# Looked at again, since one may have been named just before it was held. $1 workspaces, $2 ids.
DELETE_UNNAMED = f"""
delete from outgoing_files f using unnest($1::uuid[], $2::uuid[]) as old(workspace_id, id)
where f.workspace_id = old.workspace_id and f.id = old.id and not {_IS_NAMED}"""

# Those of the files $2 that nothing names, which are held. $1 workspace.
DELETE_THESE = f"""
delete from outgoing_files f where f.workspace_id = $1 and f.id = any ($2) and not {_IS_NAMED}"""


async def insert_file(
    con: Connection, context: Context, values: Mapping[str, Any], most: int
) -> Answer | None:
    """Stores a file; None where its member would have more than `most` bytes."""
    key = (context.workspace_id, values["id"], context.member_id)
    names = ("name", "content_type", "content", "size")
    args = (*key, *(values[name] for name in names), context.clock(), most)
    if not await con.fetchval(INSERT, *args):
        return None
    return Answer(await con.fetchval(GET, *key))


async def find_sizes(con: Connection, context: Context, ids: list[UUID]) -> dict[str, int]:
    """The sizes of those of the files that are the member's own, by their ids."""
    rows = await con.fetch(FIND_OWN, context.workspace_id, ids, context.member_id)
    return {str(row["id"]): row["size"] for row in rows}


async def find_file(con: Connection, context: Context, id: UUID) -> Row:
    """The name and size of a file of the member's own. Raises NotFound."""
    args = (context.workspace_id, id, context.member_id)
    return or_404(await con.fetchrow(FIND, *args), NOUN)


async def find_part(
    con: Connection, context: Context, id: UUID, start: int, size: int
) -> bytes | None:
    """So many bytes of a file of the member's own, from `start` on; None where it is gone."""
    args = (context.workspace_id, id, context.member_id)
    part: bytes | None = await con.fetchval(FIND_PART, *args, start + 1, size)
    return part


async def copy_files(
    con: Connection, workspace_id: UUID, message_id: UUID, sources: Mapping[UUID, UUID]
) -> None:
    """Gives files of a message, by their ids, the bytes of outgoing files."""
    if sources:
        await con.execute(COPY, workspace_id, message_id, list(sources), list(sources.values()))
