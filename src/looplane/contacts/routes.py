"""HTTP: contacts."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes
from looplane.contacts import commands, sql
from looplane.contacts.schemas import (
    ContactCreate,
    ContactOut,
    ContactPage,
    ContactPatch,
    ContactQuery,
    EmailQuery,
)
from looplane.kit.operation import Api, needs
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write

api = Api("contacts")
Reading = Annotated[Read, needs("contacts:read")]
Writing = Annotated[Write, needs("contacts:write")]


@api.get("/contacts", "contacts-list", ContactPage)
async def list_contacts(query: Annotated[ContactQuery, Query()], read: Reading) -> Response:
    """List contacts, newest first."""
    return await read(sql.list_contacts, query)


@api.post("/contacts", "contacts-create", ContactOut)
async def create_contact(contact: ContactCreate, write: Writing) -> Response:
    """Create a contact, tied to one company or to none."""
    return await write(commands.create_contact, contact)


@api.get("/contacts/by-email", "contacts-getByEmail", ContactOut)
async def get_contact_by_email(query: Annotated[EmailQuery, Query()], read: Reading) -> Response:
    """Get the contact with an e-mail address."""
    return await read(sql.get_by_email, query)


@api.get("/contacts/{id}", "contacts-get", ContactOut)
async def get_contact(id: Id, read: Reading) -> Response:
    """Get a contact."""
    return await read(changes.get, sql, id)


@api.patch("/contacts/{id}", "contacts-update", ContactOut)
async def update_contact(id: Id, patch: ContactPatch, write: Writing) -> Response:
    """Update a contact; `external_ids` is replaced as a whole."""
    return await write(commands.update_contact, id, patch)


@api.delete("/contacts/{id}", "contacts-delete", DeleteResult)
async def delete_contact(id: Id, write: Writing) -> Response:
    """Delete a contact; its threads stay."""
    return await write(commands.delete_contact, id)
