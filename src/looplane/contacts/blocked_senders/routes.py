"""HTTP: blocked senders."""

from looplane.contacts.blocked_senders.commands import create_blocked_sender
from looplane.contacts.blocked_senders.schemas import (
    BlockedSenderCreate,
    BlockedSenderOut,
    BlockedSenderQuery,
)
from looplane.contacts.blocked_senders.sql import BLOCKED_SENDER
from looplane.kit.api import Api
from looplane.resource_routes import ResourceRoutes

api = Api("contacts")
routes = ResourceRoutes(
    BLOCKED_SENDER,
    path="/contacts/blocked-senders",
    scopes="contacts",
    out=BlockedSenderOut,
    query=BlockedSenderQuery,
    create=BlockedSenderCreate,
    commands={"create": create_blocked_sender},
    id_prefix="blockedSenders",
    texts={
        "list": "List who can neither open threads nor write on those there are, newest first.",
        "create": "Block an address, or a domain and those below it. Who is blocked is not told.",
        "delete": "Lift a block.",
    },
)
routes.add_collection(api)
routes.add_items(api)
