"""HTTP: views."""

from looplane.kit.api import Api
from looplane.resource_routes import ResourceRoutes
from looplane.views import commands, sql
from looplane.views.schemas import ViewCreate, ViewOut, ViewPatch, ViewQuery

api = Api("views")
routes = ResourceRoutes(
    sql.VIEW,
    path="/views",
    scopes="threads",
    out=ViewOut,
    query=ViewQuery,
    create=ViewCreate,
    patch=ViewPatch,
    commands={
        "list": commands.list_views,
        "create": commands.create_view,
        "get": commands.get_view,
        "update": commands.update_view,
        "delete": commands.delete_view,
    },
    texts={
        "list": "List the shared views and the caller's own, in their order.",
        "create": "Save filters of the list of threads as a view, behind all others.",
        "get": "Get a view.",
        "update": "Update a view; `order` moves it among the others.",
        "delete": "Delete a view; threads stay as they are.",
    },
)
routes.add_collection(api)
routes.add_items(api)
