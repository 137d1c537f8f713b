"""Every statement on tags of changelogs."""

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

DETACH = "delete from changelog_tag_links where workspace_id = $1 and tag_id = $2"


async def list_changelog_tags(con: Connection, context: Context) -> Answer:
    """All of them."""
    return Answer(await fetch_whole_page(con, LIST, context.workspace_id))
