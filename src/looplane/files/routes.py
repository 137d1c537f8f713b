"""HTTP: files."""

from typing import Annotated

from fastapi import File, UploadFile
from starlette.responses import Response

from looplane.files import commands
from looplane.files.schemas import FileImport, FileOut
from looplane.kit.api import Api, require_scopes
from looplane.kit.writes import Write

api = Api("files")
Writing = Annotated[Write, require_scopes("files:write")]


@api.upload("/files", "files-upload", FileOut)
async def upload_file(file: Annotated[UploadFile, File()], write: Writing) -> Response:
    """Upload a file: an image, a PDF, an Office document, CSV or plain text, of at most 10 MB.

    Its content must be what its `Content-Type` says. The answer's `url` is open to whoever knows
    it. A key has 30 uploads a minute and a workspace 500 a day, unless the operator chose others.
    """
    return await commands.upload_file(write, file)


@api.upload("/files/import", "files-import", FileOut)
async def import_file(body: FileImport, write: Writing) -> Response:
    """Store a file from a public address, or from base64, under the same rules as an upload.

    A dry run fetches it too, and stores nothing.
    """
    return await commands.import_file(write, body)
