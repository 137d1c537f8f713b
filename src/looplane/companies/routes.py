"""HTTP: companies."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.companies import sql
from looplane.companies.commands import update_company
from looplane.companies.schemas import (
    CompanyCreate,
    CompanyOptions,
    CompanyOut,
    CompanyPatch,
    CompanyQuery,
    OptionsQuery,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.writes import Read
from looplane.resource_routes import ResourceRoutes

api = Api("companies")
Reading = Annotated[Read, require_scopes("companies:read")]
routes = ResourceRoutes(
    sql.COMPANY,
    path="/companies",
    scopes="companies",
    out=CompanyOut,
    query=CompanyQuery,
    create=CompanyCreate,
    patch=CompanyPatch,
    commands={"update": update_company},
    texts={
        "list": "List companies, newest first.",
        "create": "Create a company.",
        "get": "Get a company.",
        "update": "Update a company; `domains` and `external_ids` are replaced as a whole.",
        "delete": "Delete a company; its contacts and threads stay, without a company.",
    },
)
routes.add_collection(api)


@api.get("/companies/linear-options", "companies-linearOptions", CompanyOptions)
async def list_company_options(query: Annotated[OptionsQuery, Query()], read: Reading) -> Response:
    """List what a company's status, tier and owner can be; no Linear is needed."""
    return await read(sql.list_company_options, query)


routes.add_items(api)
