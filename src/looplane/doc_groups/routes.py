"""HTTP: groups of the help center's articles."""

from looplane.doc_groups import commands, sql
from looplane.doc_groups.schemas import DocGroupCreate, DocGroupOut, DocGroupPatch, DocGroupQuery
from looplane.kit.api import Api
from looplane.resource_routes import ResourceRoutes

api = Api("docs")
routes = ResourceRoutes(
    sql.DOC_GROUP,
    path="/docs/groups",
    scopes="docs",
    out=DocGroupOut,
    query=DocGroupQuery,
    create=DocGroupCreate,
    patch=DocGroupPatch,
    commands={
        "list": sql.list_groups,
        "create": commands.create_doc_group,
        "delete": commands.delete_doc_group,
    },
    id_prefix="docs",
    id_suffix="Group",
    texts={
        "list": "List the groups of articles, all in one page and in their order.",
        "create": "Create a group of articles, behind all others.",
        "get": "Get a group of articles.",
        "update": "Update a group of articles; `order` moves it among the others.",
        "delete": "Delete a group of articles; its articles stay, and are in no group.",
    },
)
routes.add_collection(api)
routes.add_items(api)
