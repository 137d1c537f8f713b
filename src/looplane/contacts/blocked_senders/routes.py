"""HTTP: blocked senders."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.contacts.blocked_senders import commands
from looplane.contacts.blocked_senders.schemas import (
    BlockedSenderCreate,
    BlockedSenderOut,
    BlockedSenderQuery,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.paging import page_of
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write

api = Api("contacts")
Reading = Annotated[Read, require_scopes("contacts:read")]
Writing = Annotated[Write, require_scopes("contacts:write")]
BlockedSenderPage = page_of(BlockedSenderOut)
PATH = "/contacts/blocked-senders"


@api.get(PATH, "blockedSenders-list", BlockedSenderPage)
async def list_blocked_senders(
    query: Annotated[BlockedSenderQuery, Query()], read: Reading
) -> Response:
    """List who can neither open threads nor write on those there are, newest first."""
    return await read(commands.list_blocked_senders, query)


@api.post(PATH, "blockedSenders-create", BlockedSenderOut)
async def create_blocked_sender(body: BlockedSenderCreate, write: Writing) -> Response:
    """Block an address, or a domain and those below it. Who is blocked is not told."""
    return await write(commands.create_blocked_sender, body)


@api.delete(f"{PATH}/{{id}}", "blockedSenders-delete", DeleteResult)
async def delete_blocked_sender(id: Id, write: Writing) -> Response:
    """Lift a block."""
    return await write(commands.delete_blocked_sender, id)
