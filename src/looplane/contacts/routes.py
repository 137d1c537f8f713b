"""HTTP: contacts."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.contacts import sql
from looplane.contacts.commands import create_contact, list_contacts, update_contact
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
    commands={"list": list_contacts, "create": create_contact, "update": update_contact},
    texts={
        "list": "List contacts, newest first; `company_id` finds all who belong to a company.",
        "create": "Create a contact. One that names no company joins the one company that has the "
        "domain of its address, or the closest domain above it, unless that domain gives addresses "
        "to anybody; `company_id: null` keeps it out.",
        "get": "Get a contact.",
        "update": "Update a contact; `external_ids` is replaced as a whole. The company that is "
        "named becomes the primary one, and the one before stays among its companies; "
        "`company_id: null` takes the contact out of its primary company, and no other one takes "
        "that place.",
        "delete": "Delete a contact; its threads stay.",
    },
)
routes.add_collection(api)


@api.get("/contacts/by-email", "contacts-getByEmail", ContactOut, NotFound)
async def get_contact_by_email(query: Annotated[EmailQuery, Query()], read: Reading) -> Response:
    """Get the contact with an e-mail address, whatever its capitals."""
    return await read(sql.get_by_email, query)


routes.add_items(api)
