"""HTTP: folders of snippets."""

from looplane.kit.api import Api
from looplane.resource_routes import ResourceRoutes
from looplane.snippet_folders import commands
from looplane.snippet_folders.schemas import (
    SnippetFolderCreate,
    SnippetFolderOut,
    SnippetFolderPatch,
    SnippetFolderQuery,
)
from looplane.snippet_folders.sql import SNIPPET_FOLDER

api = Api("snippets")
routes = ResourceRoutes(
    SNIPPET_FOLDER,
    path="/snippets/folders",
    scopes="snippets",
    out=SnippetFolderOut,
    query=SnippetFolderQuery,
    create=SnippetFolderCreate,
    patch=SnippetFolderPatch,
    commands={"delete": commands.delete_snippet_folder},
    id_prefix="snippets",
    id_suffix="Folder",
    texts={
        "list": "List snippet folders, newest first.",
        "create": "Create a snippet folder. No two have one name, whatever its accents and "
        "capitals.",
        "get": "Get a snippet folder.",
        "update": "Rename a snippet folder.",
        "delete": "Delete a snippet folder; the snippets in it stay, in no folder.",
    },
)
routes.add_collection(api)
routes.add_items(api)
