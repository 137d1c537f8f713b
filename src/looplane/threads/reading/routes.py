"""HTTP: reading threads."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.errors import NotFound
from looplane.kit.writes import Write
from looplane.threads.reading import commands
from looplane.threads.reading.schemas import ReadMark
from looplane.threads.schemas import ThreadOut

api = Api("threads", for_app=True)
Writing = Annotated[Write, require_scopes(SESSION_SCOPE, "threads:write")]


@api.post("/read", "threads-markRead", ThreadOut, NotFound)
async def mark_thread_read(body: ReadMark, write: Writing) -> Response:
    """Mark a thread as read or unread, for the whole team. It moves in no list by that."""
    return await write(commands.mark_thread_read, body)
