"""Every statement on comments, but for those that a thread shows."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from looplane.comments.schemas import CommentQuery
from looplane.filters import exists
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.responses import Answer, or_404
from looplane.resources import Resource
from looplane.threads.children import sql as children
from looplane.threads.sql import THREAD

COMMENT = Resource(
    noun="comment",
    table="comments",
    alias="cm",
    columns=("thread_id", "author_id", "content", "attachments"),
    json=children.COMMENT,
    joins=children.COMMENT_JOINS,
    written_with={"content": {"html_version": CLEANER_VERSION}},
    size="octet_length(cm.content) + octet_length(cm.attachments::text)",
)

# A comment is there while its thread is.
GET = f"""{COMMENT.get} and cm.thread_id = $3 and {exists("threads").format("$3")}"""
THREAD_EXISTS = f"select {exists('threads').format('$2')}"

# Comment $2 of the thread $3, held, and whether it is the member $4 who wrote it, or nobody did, or
# that member is an ADMIN. The thread is held already, so its mentions are as they are now.
HOLD = """
select cm.version, cm.content, cm.attachments,
  cm.author_id is null or coalesce(cm.author_id = $4, false) or exists (
    select from members a where a.workspace_id = $1 and a.id = $4 and a.role = 'ADMIN'
      and a.deleted_at is null) as may_change,
  (select coalesce(jsonb_object_agg(mn.member_id, to_jsonb(mn)), '{}') from comment_mentions mn
    where mn.workspace_id = $1 and mn.comment_id = cm.id) as mentions
from comments cm
where cm.workspace_id = $1 and cm.id = $2 and cm.thread_id = $3 and cm.deleted_at is null
for update"""


def _key(text: str) -> str:
    """SQL for `text` without accents and capitals, and with a blank for all that is between."""
    return rf"btrim(regexp_replace(fold_name({text}), '[\s\u00a0]+', ' ', 'g'))"


# The words of the HTML $3 with the members in $2, and those whose name or address may stand after
# an @ in them; held.
FIND_MEMBERS = f"""
with said as materialized (select {_key("html_to_text($3)")} as words)
select said.words, found.*
from said left join lateral (
  select m.id, m.id = any ($2) as is_listed, k.names
  from members m, lateral (
    select array(select name from unnest(array[{_key("m.name")}, {_key("m.email")}]) as each(name)
      where name <> '' and position('@' || name in said.words) > 0) as names) k
  where m.workspace_id = $1 and m.deleted_at is null
    and (m.id = any ($2) or cardinality(k.names) > 0)
  for key share of m) found on true"""

DELETE_MENTIONS = "delete from comment_mentions where workspace_id = $1 and comment_id = $2"
INSERT_MENTIONS = """
insert into comment_mentions (workspace_id, comment_id, member_id, is_listed, written_as)
select $1, $2, x.member_id, x.is_listed, x.written_as
from jsonb_to_recordset($3) as x(member_id uuid, is_listed boolean, written_as text[])"""


async def list_comments(
    con: Connection, context: Context, thread_id: UUID, query: CommentQuery
) -> Answer:
    """A page of the comments on a thread, the newest first. Raises NotFound, Unprocessable."""
    there = await con.fetchval(THREAD_EXISTS, context.workspace_id, thread_id)
    or_404(there or None, THREAD.noun)
    conditions = Conditions(COMMENT.alias, context.workspace_id)
    conditions.add("cm.thread_id = {0}", thread_id)
    return Answer(await COMMENT.listing.fetch(con, conditions, query))


async def get_comment(con: Connection, context: Context, thread_id: UUID, id: UUID) -> Answer:
    """One comment on a thread. Raises NotFound."""
    row = or_404(await con.fetchrow(GET, context.workspace_id, id, thread_id), COMMENT.noun)
    return Answer(row["body"], row["version"])


async def hold_comment(con: Connection, context: Context, thread_id: UUID, id: UUID) -> Row:
    """A comment on a thread, held to the end of the transaction (see HOLD). Raises NotFound."""
    args = (context.workspace_id, id, thread_id, context.member_id)
    return or_404(await con.fetchrow(HOLD, *args), COMMENT.noun)


async def find_members(
    con: Connection, context: Context, ids: Sequence[UUID], html: str
) -> list[Row]:
    """See FIND_MEMBERS; no row where nobody can be meant."""
    if "@" not in html and not ids:
        return []
    rows: list[Row] = await con.fetch(FIND_MEMBERS, context.workspace_id, ids, html)
    return rows


async def replace_mentions(
    con: Connection, context: Context, id: UUID, rows: Sequence[Mapping[str, object]]
) -> None:
    """Makes these the mentions of a comment."""
    await con.execute(DELETE_MENTIONS, context.workspace_id, id)
    if rows:
        await con.execute(INSERT_MENTIONS, context.workspace_id, id, rows)
