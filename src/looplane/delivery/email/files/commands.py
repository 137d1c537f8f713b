"""Files of mails: read as a mail leaves, and of so many bytes at once as there is room for."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from uuid import UUID

from looplane.delivery.email.files import sql
from looplane.delivery.email.schemas import DraftFile, Outgoing
from looplane.kit.database import Connection, Database
from looplane.kit.held_bytes import HeldBytes
from looplane.kit.mail import Mail, MailFile

# Of all mails that are on their way: as text and in parts each byte is there several times.
MOST_BYTES = 50_000_000
# So long a mail waits for room before others have their turn. An attempt has more.
_WAITING = 5.0  # seconds


class NoRoomError(Exception):
    """Other mails with large files are on their way."""


class GoneError(Exception):
    """A file is not there any more."""


class MailFiles:
    """Reads the files of mails, within the room of one process."""

    def __init__(self, database: Database, most_bytes: int = MOST_BYTES) -> None:
        self._database, self._held = database, HeldBytes(most_bytes)

    @asynccontextmanager
    async def attached(self, workspace_id: UUID, outgoing: Outgoing) -> AsyncIterator[Mail]:
        """The mail with its files, until it has left. Raises NoRoomError, GoneError."""
        size = sum(each.size for each in outgoing.files)
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(_WAITING):
                    await held.enter_async_context(self._held.room(size))
            except TimeoutError:
                raise NoRoomError from None
            if not outgoing.files:
                yield outgoing.mail
                return
            async with self._database.reading() as con:
                files = await read_files(con, workspace_id, outgoing.files)
            yield replace(outgoing.mail, files=files)


async def read_files(
    con: Connection, workspace_id: UUID, files: Sequence[DraftFile]
) -> list[MailFile]:
    """Files with their bytes. Raises GoneError."""
    wanted = [each.id for each in files if each.size]
    rows = await con.fetch(sql.FIND_CONTENTS, workspace_id, wanted) if wanted else []
    contents = {row["id"]: row["content"] for row in rows}
    if len(contents) < len(wanted):
        raise GoneError
    return [
        MailFile(each.name, each.content_type, contents.get(each.id, b""), each.content_id)
        for each in files
    ]
