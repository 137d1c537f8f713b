"""HTTP: tags."""

from looplane.kit.api import Api
from looplane.resource_routes import ResourceRoutes
from looplane.tags.commands import delete_tag
from looplane.tags.schemas import TagCreate, TagOut, TagPatch, TagQuery
from looplane.tags.sql import TAG

api = Api("tags")
routes = ResourceRoutes(
    TAG,
    path="/tags",
    scopes="tags",
    out=TagOut,
    query=TagQuery,
    create=TagCreate,
    patch=TagPatch,
    commands={"delete": delete_tag},
    texts={
        "list": "List tags, newest first.",
        "create": "Create a tag in a tag group.",
        "get": "Get a tag.",
        "update": "Update a tag, or move it to another group.",
        "delete": "Delete a tag; it leaves every thread.",
    },
)
routes.add_collection(api)
routes.add_items(api)
