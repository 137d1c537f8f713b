"""HTTP: portals, and what they show."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict, NotFound
from looplane.kit.writes import Read
from looplane.portal import commands, sql
from looplane.portal.schemas import (
    CustomerPortalOut,
    CustomerPortalQuery,
    PortalInstanceCreate,
    PortalInstanceOut,
    PortalInstancePage,
    PortalInstancePatch,
    RoadmapOut,
    RoadmapQuery,
)
from looplane.resource_routes import ResourceRoutes

api = Api("portal")
Reading = Annotated[Read, require_scopes("portal:read")]


@api.get("/portal/roadmap", "portal-getRoadmap", RoadmapOut)
async def get_portal_roadmap(query: Annotated[RoadmapQuery, Query()], read: Reading) -> Response:
    """Get the public roadmap: visible projects by status, with their visible issues."""
    return await read(sql.get_roadmap, query)


@api.get("/portal/customer-portal", "portal-getCustomerPortal", CustomerPortalOut, NotFound)
async def get_customer_portal(
    query: Annotated[CustomerPortalQuery, Query()], read: Reading
) -> Response:
    """Get what a contact sees of their own: threads, and what these ask for."""
    return await read(sql.get_customer_portal, query)


@api.get("/portal/instances", "portal-listInstances", PortalInstancePage)
async def list_portal_instances(read: Reading) -> Response:
    """List the portals beside the main one, all in one page and the newest first."""
    return await read(sql.list_instances)


routes = ResourceRoutes(
    sql.PORTAL_INSTANCE,
    path="/portal/instances",
    scopes="portal",
    write_scope="admin",
    out=PortalInstanceOut,
    create=PortalInstanceCreate,
    patch=PortalInstancePatch,
    commands={"create": commands.create_portal_instance},
    raises={"create": Conflict, "update": Conflict},
    id_prefix="portal",
    id_suffix="Instance",
    texts={
        "create": "Create a portal beside the main one.",
        "get": "Get a portal.",
        "update": "Update a portal.",
        "delete": "Delete a portal; what it was to show keeps its id and is shown nowhere.",
    },
)
routes.add_collection(api)
routes.add_items(api)
