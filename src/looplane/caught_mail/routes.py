"""HTTP: mail that was caught, since nothing is set up that would send it."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes
from looplane.caught_mail import commands
from looplane.caught_mail.schemas import (
    CaughtMailPage,
    CaughtMailQuery,
    CaughtMailSourceOut,
)
from looplane.caught_mail.sql import CAUGHT_MAIL, list_caught
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write

api = Api("mailboxes")
Reading = Annotated[Read, require_scopes("admin")]
Writing = Annotated[Write, require_scopes("admin")]


@api.get("/caught-mail", "caughtMail-list", CaughtMailPage)
async def list_caught_mail(query: Annotated[CaughtMailQuery, Query()], read: Reading) -> Response:
    """List the mails that nothing was set up to send, newest first.

    Kept are the newest 1,000, for 30 days by default, while they have less than 200 MB together.
    """
    return await read(list_caught, query)


@api.get("/caught-mail/{id}", "caughtMail-get", CaughtMailSourceOut)
async def get_caught_mail(id: Id, read: Reading) -> Response:
    """Get a mail that was caught, with its source and its parts."""
    return await read(commands.get_caught_mail, id)


@api.delete("/caught-mail/{id}", "caughtMail-delete", DeleteResult)
async def delete_caught_mail(id: Id, write: Writing) -> Response:
    """Delete a mail that was caught."""
    return await write(changes.delete, CAUGHT_MAIL, id)
