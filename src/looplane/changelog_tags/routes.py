"""HTTP: tags of changelogs."""

from typing import Annotated

from starlette.responses import Response

from looplane.changelog_tags import commands, sql
from looplane.changelog_tags.schemas import (
    ChangelogTagCreate,
    ChangelogTagOut,
    ChangelogTagPage,
    ChangelogTagPatch,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict
from looplane.kit.paging import PageQuery
from looplane.kit.writes import Read, Write
from looplane.resource_routes import ResourceRoutes

api = Api("changelogs")
Reading = Annotated[Read, require_scopes("changelogs:read")]
Writing = Annotated[Write, require_scopes("changelogs:write")]


@api.get("/changelog-tags", "changelogTags-list", ChangelogTagPage)
async def list_changelog_tags(read: Reading) -> Response:
    """List the tags that changelogs can have, all in one page and by name."""
    return await read(sql.list_changelog_tags)


@api.post("/changelog-tags", "changelogTags-create", ChangelogTagOut, Conflict)
async def create_changelog_tag(tag: ChangelogTagCreate, write: Writing) -> Response:
    """Create a tag for changelogs, with a color, an icon, or both."""
    return await write(commands.create_changelog_tag, tag)


routes = ResourceRoutes(
    sql.CHANGELOG_TAG,
    path="/changelog-tags",
    scopes="changelogs",
    out=ChangelogTagOut,
    query=PageQuery,
    create=ChangelogTagCreate,
    patch=ChangelogTagPatch,
    commands={"update": commands.update_changelog_tag, "delete": commands.delete_changelog_tag},
    raises={"update": Conflict},
    id_prefix="changelogTags",
    texts={
        "get": "Get a tag of changelogs.",
        "update": "Update a tag of changelogs; without an icon it is a dot in its color.",
        "delete": "Delete a tag of changelogs for good; it leaves every changelog.",
    },
)
routes.add_items(api)
