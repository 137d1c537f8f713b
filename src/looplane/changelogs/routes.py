"""HTTP: changelogs."""

from looplane.changelogs import commands
from looplane.changelogs.schemas import (
    ChangelogCreate,
    ChangelogOut,
    ChangelogPatch,
    ChangelogQuery,
)
from looplane.changelogs.sql import CHANGELOG
from looplane.kit.api import Api
from looplane.resource_routes import ResourceRoutes
from looplane.translations import LanguageQuery

api = Api("changelogs")
routes = ResourceRoutes(
    CHANGELOG,
    path="/changelogs",
    scopes="changelogs",
    out=ChangelogOut,
    query=ChangelogQuery,
    get_query=LanguageQuery,
    create=ChangelogCreate,
    patch=ChangelogPatch,
    commands={
        "list": commands.list_changelogs,
        "create": commands.create_changelog,
        "get": commands.get_changelog,
        "update": commands.update_changelog,
    },
    texts={
        "list": "List changelogs, newest first.",
        "create": "Create a changelog. Publishing it makes it visible and notifies nobody.",
        "get": "Get a changelog, in one of its languages.",
        "update": "Update a changelog or, with `language`, a translation of it.",
        "delete": "Delete a changelog with its translations.",
    },
)
routes.add_collection(api)
routes.add_items(api)
