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
from looplane.kit.writes import Read
from looplane.resource_routes import ResourceRoutes

api = Api("changelogs")
Reading = Annotated[Read, require_scopes("changelogs:read")]


@api.get("/changelog-tags", "changelogTags-list", ChangelogTagPage)
async def list_changelog_tags(read: Reading) -> Response:
    """List the tags that changelogs can have, all in one page and by name."""
    return await read(sql.list_changelog_tags)


routes = ResourceRoutes(
    sql.CHANGELOG_TAG,
    path="/changelog-tags",
    scopes="changelogs",
    out=ChangelogTagOut,
    create=ChangelogTagCreate,
    patch=ChangelogTagPatch,
    commands={"update": commands.update_changelog_tag, "delete": commands.delete_changelog_tag},
    raises={"create": Conflict, "update": Conflict},
    id_prefix="changelogTags",
    texts={
        "create": "Create a tag for changelogs, with a color, an icon, or both.",
        "get": "Get a tag of changelogs.",
        "update": "Update a tag of changelogs; without an icon it is a dot in its color.",
        "delete": "Delete a tag of changelogs for good; it leaves every changelog.",
    },
)
routes.add_collection(api)
routes.add_items(api)
