"""HTTP: contacts."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.contacts import sql
from looplane.contacts.commands import create_contact, update_contact
from looplane.contacts.schemas import (
    ContactCreate,
    ContactOut,
    ContactPatch,
    ContactQuery,
    EmailQuery,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import NotFound
from looplane.kit.writes import Read
from looplane.resource_routes import ResourceRoutes

api = Api("contacts")
Reading = Annotated[Read, require_scopes("contacts:read")]
routes = ResourceRoutes(
    sql.CONTACT,
    path="/contacts",
    scopes="contacts",
    out=ContactOut,
    query=ContactQuery,
    create=ContactCreate,
    patch=ContactPatch,
    commands={"create": create_contact, "update": update_contact},
    texts={
        "list": "List contacts, newest first.",
        "create": "Create a contact, tied to one company or to none.",
        "get": "Get a contact.",
        "update": "Update a contact; `external_ids` is replaced as a whole.",
        "delete": "Delete a contact; its threads stay.",
    },
)
routes.add_collection(api)


@api.get("/contacts/by-email", "contacts-getByEmail", ContactOut, NotFound)
async def get_contact_by_email(query: Annotated[EmailQuery, Query()], read: Reading) -> Response:
    """Get the contact with an e-mail address, whatever its capitals."""
    return await read(sql.get_by_email, query)


routes.add_items(api)
