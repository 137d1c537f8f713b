"""Every statement on tag groups."""

from looplane import events
from looplane.kit.answers import Answer
from looplane.kit.auth import By
from looplane.kit.db import Connection
from looplane.kit.paging import Where, fetch_page
from looplane.kit.sqltext import obj, row, stamps
from looplane.tag_groups.schemas import TagGroupQuery

noun = "tag group"
COLUMNS: tuple[str, ...] = ("name", "color")
TAG_GROUP = obj(row("gg", "id", "name", "color") | stamps("gg"))

_SHOW = f"select {TAG_GROUP}::text as body, gg.version"
_SELECT = f"{_SHOW}, gg.created_at, gg.id from tag_groups gg"
_THIS = "gg.workspace_id = $1 and gg.id = $2 and gg.deleted_at is null"

GET = f"{_SELECT} where {_THIS}"

FIND = f"{_SHOW}, gg.name, gg.color from tag_groups gg where {_THIS}"

# Also keeps a tag from coming into the group: its foreign key has to wait.
LOCK = """
select version from tag_groups
where workspace_id = $1 and id = $2 and deleted_at is null for update"""

HAS_TAGS = """
select exists (select from tags g
  where g.workspace_id = $1 and g.tag_group_id = $2 and g.deleted_at is null)"""

INSERT = f"""
with gg as (
  insert into tag_groups (workspace_id, id, created_at, updated_at, name, color)
  values ($1, $2, $3, $3, $5, $6) returning *),
recorded as ({events.record("$1", "$4", "gg", TAG_GROUP)})
{_SHOW} from gg"""

UPDATE = f"""
with gg as (
  update tag_groups set updated_at = $4, version = version + 1, name = $6, color = $7
  where workspace_id = $1 and id = $2 and version = $3 and deleted_at is null returning *),
recorded as ({events.record("$1", "$5", "gg", TAG_GROUP)})
{_SHOW} from gg"""

DELETE = f"""
with gg as (
  update tag_groups set deleted_at = $3, version = version + 1
  where workspace_id = $1 and id = $2 and deleted_at is null returning *)
{events.record("$1", "$4", "gg", TAG_GROUP)}"""


async def list_tag_groups(con: Connection, by: By, query: TagGroupQuery) -> Answer:
    """A page of tag groups."""
    return Answer(await fetch_page(con, _SELECT, Where(by.workspace_id, "gg"), query))
