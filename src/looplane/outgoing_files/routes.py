"""HTTP: files that are to go with a message which is not sent yet."""

from typing import Annotated

from fastapi import File, UploadFile
from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.errors import Conflict
from looplane.kit.schema import Id
from looplane.kit.writes import Read, Write
from looplane.outgoing_files import commands
from looplane.outgoing_files.schemas import OutgoingFileOut

api = Api("outgoing_files", for_app=True)
Reading = Annotated[Read, require_scopes(SESSION_SCOPE)]
Uploading = Annotated[Write, require_scopes(SESSION_SCOPE, "messages:write")]
Removing = Annotated[Write, require_scopes(SESSION_SCOPE)]
_ITEM = "/outgoing-files/{id}"
# The largest file, and what a form adds.
_MOST_BYTES = 25_100_000


@api.upload("/outgoing-files", "outgoingFiles-upload", OutgoingFileOut, most_bytes=_MOST_BYTES)
async def upload_outgoing_file(file: Annotated[UploadFile, File()], write: Uploading) -> Response:
    """Upload a file of at most 25 MB that is to go with a message; nobody else sees it.

    An unsent text or a held message then names it by `file_id`. What none names is gone after a
    day.
    """
    return await commands.upload_outgoing_file(write, file)


@api.get(_ITEM, "outgoingFiles-get", "application/octet-stream")
async def get_outgoing_file(id: Id, read: Reading) -> Response:
    """Get the bytes of a file of yours that is not sent yet. Pictures may be shown."""
    return await commands.get_outgoing_file(read, id)


@api.delete(_ITEM, "outgoingFiles-delete", OutgoingFileOut, Conflict)
async def delete_outgoing_file(id: Id, write: Removing) -> Response:
    """Remove a file of yours that nothing names any more."""
    return await write(commands.delete_outgoing_file, id)
