"""Every statement on tags of changelogs."""

from looplane import events
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.paging import fetch_whole_page
from looplane.kit.responses import Answer
from looplane.kit.sqltext import columns, timestamps
from looplane.resources import Resource

CHANGELOG_TAG = Resource(
    noun="changelog tag",
    table="changelog_tags",
    alias="lt",
    columns=("name", "color", "icon"),
    json=columns("lt", "id", "name", "color", "icon") | timestamps("lt"),
    deletion=None,
    taken="There is already a changelog tag that is called {name}.",
)

# By name as people order names.
LIST = f"""
select {CHANGELOG_TAG.body}::text as body from changelog_tags lt
where lt.workspace_id = $1 order by lt.name_key, lt.id"""

DETACH = """
delete from changelog_tag_links where workspace_id = $1 and tag_id = $2 returning changelog_id"""
ATTACH = """
insert into changelog_tag_links (workspace_id, changelog_id, tag_id)
select $1, c.id, $2 from changelogs c where c.workspace_id = $1 and c.id = any ($3::uuid[])
on conflict do nothing"""

# A tag that was removed, under its id $2: null where it is there. $1 workspace, $3 columns with
# `created_at`, $4 version, $5 write.
MAKE_AGAIN = f"""
insert into changelog_tags (workspace_id, id, version, created_at, updated_at, name, color, icon)
select $1, $2, $4, r.created_at, w.created_at, r.name, r.color, r.icon
from jsonb_populate_record(null::changelog_tags, $3) as r, ({events.WRITE.format("$5")}) as w
on conflict (workspace_id, id) do nothing
returning id"""


async def list_changelog_tags(con: Connection, context: Context) -> Answer:
    """All of them."""
    return Answer(await fetch_whole_page(con, LIST, context.workspace_id))
