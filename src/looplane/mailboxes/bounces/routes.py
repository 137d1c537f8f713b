"""HTTP: mail that came back, and the addresses that it came from."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes, queries
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.mailboxes.bounces import commands
from looplane.mailboxes.bounces.schemas import (
    BouncedAddressOut,
    BouncedAddressPage,
    BouncedAddressQuery,
    BounceOut,
    BounceReport,
)
from looplane.mailboxes.bounces.sql import BOUNCED_ADDRESS, list_bounced

api = Api("mailboxes")
Reading = Annotated[Read, require_scopes("admin")]
Writing = Annotated[Write, require_scopes("admin")]


@api.post("/mailboxes/{id}/bounces", "mailboxes-reportBounce", BounceOut)
async def report_mailbox_bounce(id: Id, body: BounceReport, write: Writing) -> Response:
    """Take in a mail that came back (RFC 3464): its message shows it, and nobody is notified there.

    Whoever wrote the message is told, or else the assignee of its thread, or else the admins.

    Only reports on mails that left by Looplane count, and each counts once.
    """
    return await write(commands.report_mailbox_bounce, write.state.secrets, id, body)


@api.get("/bounced-addresses", "bouncedAddresses-list", BouncedAddressPage)
async def list_bounced_addresses(
    query: Annotated[BouncedAddressQuery, Query()], read: Reading
) -> Response:
    """List the addresses that mail came back from, newest first: nobody is notified there."""
    return await read(list_bounced, query)


@api.get("/bounced-addresses/{id}", "bouncedAddresses-get", BouncedAddressOut)
async def get_bounced_address(id: Id, read: Reading) -> Response:
    """Get an address that mail came back from."""
    return await read(queries.get, BOUNCED_ADDRESS, id)


@api.delete("/bounced-addresses/{id}", "bouncedAddresses-delete", DeleteResult)
async def delete_bounced_address(id: Id, write: Writing) -> Response:
    """Lift it, once the address works: from now on notices go there again."""
    return await write(changes.delete, BOUNCED_ADDRESS, id)
