"""HTTP: the companies of a contact."""

from typing import Annotated

from starlette.responses import Response

from looplane.contacts.memberships import commands, sql
from looplane.contacts.memberships.schemas import (
    ContactCompanyCreate,
    ContactCompanyOut,
    ContactCompanyPage,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write

api = Api("contacts")
Reading = Annotated[Read, require_scopes("contacts:read", "companies:read")]
Writing = Annotated[Write, require_scopes("contacts:write")]
PATH = "/contacts/{id}/companies"


@api.get(PATH, "contacts-listCompanies", ContactCompanyPage)
async def list_contact_companies(id: Id, read: Reading) -> Response:
    """List the companies of a contact, the primary one first, all in one page."""
    return await read(sql.list_companies, id)


@api.post(PATH, "contacts-addCompany", ContactCompanyOut)
async def add_contact_company(id: Id, body: ContactCompanyCreate, write: Writing) -> Response:
    """Add a contact to a company, named in one way; it becomes the primary one if there is none.

    A contact that belongs to it already stays as it is. `ETag` and `If-Match` are about the
    contact.
    """
    return await write(commands.add_company, id, body)


@api.delete(f"{PATH}/{{company_id}}", "contacts-removeCompany", DeleteResult)
async def remove_contact_company(id: Id, company_id: Id, write: Writing) -> Response:
    """Remove a contact from a company; the oldest of its other companies becomes the primary one.

    `ETag` and `If-Match` are about the contact.
    """
    return await write(commands.remove_company, id, company_id)
