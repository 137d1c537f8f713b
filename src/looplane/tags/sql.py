"""Every statement on tags."""

from looplane import events
from looplane.kit.answers import Answer
from looplane.kit.auth import By
from looplane.kit.db import Connection
from looplane.kit.ids import known_id
from looplane.kit.paging import Where, fetch_page
from looplane.kit.sqltext import like, obj, row, stamps
from looplane.tags.schemas import TagQuery

noun = "tag"
COLUMNS: tuple[str, ...] = ("name", "color", "icon", "tag_group_id")
TAG = obj(row("g", "id", "name", "color", "icon", "tag_group_id") | stamps("g"))

# The tags of thread `t`, by name.
OF_THREAD = f"""
(select coalesce(json_agg({TAG} order by lower(g.name), g.id), '[]'::json) from thread_tags tt
 join tags g on g.workspace_id = tt.workspace_id and g.id = tt.tag_id and g.deleted_at is null
 where tt.workspace_id = t.workspace_id and tt.thread_id = t.id)"""

_SELECT = f"select {TAG}::text as body, g.version, g.created_at, g.id from tags g"

GET = f"{_SELECT} where g.workspace_id = $1 and g.id = $2 and g.deleted_at is null"

LOCK_GROUP = """
select gg.id from tag_groups gg
where gg.workspace_id = $1 and gg.id = $2 and gg.deleted_at is null for key share"""

FIND = f"""
select {TAG}::text as body, g.version, g.name, g.color, g.icon, g.tag_group_id
from tags g where g.workspace_id = $1 and g.id = $2 and g.deleted_at is null"""

LOCK = """
select version from tags
where workspace_id = $1 and id = $2 and deleted_at is null for update"""

INSERT = f"""
with g as (
  insert into tags (workspace_id, id, created_at, updated_at, name, color, icon, tag_group_id)
  values ($1, $2, $3, $3, $5, $6, $7, $8) returning *),
recorded as ({events.record("$1", "$4", "g", TAG)})
select {TAG}::text as body, g.version from g"""

UPDATE = f"""
with g as (
  update tags set updated_at = $4, version = version + 1,
    name = $6, color = $7, icon = $8, tag_group_id = $9
  where workspace_id = $1 and id = $2 and version = $3 and deleted_at is null returning *),
recorded as ({events.record("$1", "$5", "g", TAG)})
select {TAG}::text as body, g.version from g"""

# The tag leaves every thread: its rows go, and what is soft deleted is shown nowhere.
DELETE = f"""
with g as (
  update tags set deleted_at = $3, version = version + 1
  where workspace_id = $1 and id = $2 and deleted_at is null returning *),
untagged as (
  delete from thread_tags tt using g where tt.workspace_id = $1 and tt.tag_id = g.id)
{events.record("$1", "$4", "g", TAG)}"""


async def list_tags(con: Connection, by: By, query: TagQuery) -> Answer:
    """A page of tags."""
    where = Where(by.workspace_id, "g")
    where.add_dates(query)
    if query.name_contains is not None:
        where.add("g.name ilike {}", like(query.name_contains))
    if query.tag_group_id is not None:
        where.add("g.tag_group_id = {}", known_id(query.tag_group_id))
    return Answer(await fetch_page(con, _SELECT, where, query))
