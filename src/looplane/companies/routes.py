"""HTTP: companies."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes
from looplane.companies import commands, sql
from looplane.companies.schemas import (
    CompanyCreate,
    CompanyOptions,
    CompanyOut,
    CompanyPage,
    CompanyPatch,
    CompanyQuery,
    OptionsQuery,
)
from looplane.kit.operation import Api, needs
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write

api = Api("companies")
Reading = Annotated[Read, needs("companies:read")]
Writing = Annotated[Write, needs("companies:write")]


@api.get("/companies", "companies-list", CompanyPage)
async def list_companies(query: Annotated[CompanyQuery, Query()], read: Reading) -> Response:
    """List companies, newest first."""
    return await read(sql.list_companies, query)


@api.post("/companies", "companies-create", CompanyOut)
async def create_company(company: CompanyCreate, write: Writing) -> Response:
    """Create a company."""
    return await write(commands.create_company, company)


@api.get("/companies/linear-options", "companies-linearOptions", CompanyOptions)
async def list_company_options(query: Annotated[OptionsQuery, Query()], read: Reading) -> Response:
    """List what a company's status, tier and owner can be; no Linear is needed."""
    return await read(sql.list_company_options, query)


@api.get("/companies/{id}", "companies-get", CompanyOut)
async def get_company(id: Id, read: Reading) -> Response:
    """Get a company."""
    return await read(changes.get, sql, id)


@api.patch("/companies/{id}", "companies-update", CompanyOut)
async def update_company(id: Id, patch: CompanyPatch, write: Writing) -> Response:
    """Update a company; `domains` and `external_ids` are replaced as a whole."""
    return await write(commands.update_company, id, patch)


@api.delete("/companies/{id}", "companies-delete", DeleteResult)
async def delete_company(id: Id, write: Writing) -> Response:
    """Delete a company; its contacts and threads stay, without a company."""
    return await write(commands.delete_company, id)
