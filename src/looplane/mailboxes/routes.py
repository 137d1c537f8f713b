"""HTTP: mailboxes, by which mail leaves."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes, queries
from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.mailboxes import commands
from looplane.mailboxes.schemas import (
    MailboxCreate,
    MailboxOut,
    MailboxPage,
    MailboxPatch,
    MailboxQuery,
    MailboxTest,
    MailboxTestOut,
)
from looplane.mailboxes.sql import MAILBOX

api = Api("mailboxes")
Reading = Annotated[Read, require_scopes("admin")]
Writing = Annotated[Write, require_scopes("admin")]


@api.get("/mailboxes", "mailboxes-list", MailboxPage)
async def list_mailboxes(query: Annotated[MailboxQuery, Query()], read: Reading) -> Response:
    """List the mailboxes, newest first. Without any, mail is caught: see `/caught-mail`."""
    return await read(queries.list_page, MAILBOX, query)


@api.post("/mailboxes", "mailboxes-create", MailboxOut, Conflict)
async def create_mailbox(body: MailboxCreate, write: Writing) -> Response:
    """Set up a mailbox, by which mail leaves from now on.

    Nothing is sent, and nothing is tried: the operation `test` does that.
    """
    return await write(commands.create_mailbox, write.state.secrets, body)


@api.get("/mailboxes/{id}", "mailboxes-get", MailboxOut)
async def get_mailbox(id: Id, read: Reading) -> Response:
    """Get a mailbox; never its password."""
    return await read(queries.get, MAILBOX, id)


@api.patch("/mailboxes/{id}", "mailboxes-update", MailboxOut, Conflict)
async def update_mailbox(id: Id, patch: MailboxPatch, write: Writing) -> Response:
    """Update, pause or resume a mailbox; what waits leaves as it is set up then."""
    return await write(commands.update_mailbox, write.state.secrets, id, patch)


@api.delete("/mailboxes/{id}", "mailboxes-delete", DeleteResult)
async def delete_mailbox(id: Id, write: Writing) -> Response:
    """Delete a mailbox; what waits leaves by the default one, or is caught if there is none."""
    return await write(changes.delete, MAILBOX, id)


@api.post("/mailboxes/{id}/test", "mailboxes-test", MailboxTestOut)
async def test_mailbox(id: Id, body: MailboxTest, write: Writing) -> Response:
    """Connect, sign in and, with `to`, send a mail; says what is wrong, within 10 seconds.

    A dry run sends no mail.
    """
    return await commands.test_mailbox(write, id, body)
