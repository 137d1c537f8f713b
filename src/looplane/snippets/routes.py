"""HTTP: snippets."""

from looplane.kit.api import Api
from looplane.resource_routes import ResourceRoutes
from looplane.snippets.schemas import SnippetCreate, SnippetOut, SnippetPatch, SnippetQuery
from looplane.snippets.sql import SNIPPET

api = Api("snippets")
routes = ResourceRoutes(
    SNIPPET,
    path="/snippets",
    scopes="snippets",
    out=SnippetOut,
    query=SnippetQuery,
    create=SnippetCreate,
    patch=SnippetPatch,
    texts={
        "list": "List snippets, newest first.",
        "create": "Create a snippet, in a folder or in none.",
        "get": "Get a snippet.",
        "update": "Update a snippet, or move it to another folder.",
        "delete": "Delete a snippet.",
    },
)
routes.add_collection(api)
routes.add_items(api)
