"""HTTP: tag groups."""

from looplane.kit.api import Api
from looplane.kit.errors import Conflict
from looplane.resource_routes import ResourceRoutes
from looplane.tag_groups.commands import delete_tag_group
from looplane.tag_groups.schemas import TagGroupCreate, TagGroupOut, TagGroupPatch, TagGroupQuery
from looplane.tag_groups.sql import TAG_GROUP

api = Api("tags")
routes = ResourceRoutes(
    TAG_GROUP,
    path="/tags/groups",
    scopes="tags",
    out=TagGroupOut,
    query=TagGroupQuery,
    create=TagGroupCreate,
    patch=TagGroupPatch,
    commands={"delete": delete_tag_group},
    raises={"delete": Conflict},
    id_prefix="tags",
    id_suffix="Group",
    texts={
        "list": "List tag groups, newest first.",
        "create": "Create a tag group.",
        "get": "Get a tag group.",
        "update": "Update a tag group.",
        "delete": "Delete a tag group; refused while tags are in it.",
    },
)
routes.add_collection(api)
routes.add_items(api)
