"""HTTP: messages as pages of their own, and their files."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.schema import Id
from looplane.kit.writes import Read
from looplane.messages.frames import commands
from looplane.messages.frames.schemas import FrameQuery

api = Api("messages", for_app=True)
Reading = Annotated[Read, require_scopes(SESSION_SCOPE, "threads:read")]


@api.get("/messages/{thread_id}/{message_id}/frame", "messages-getFrame", "text/html")
async def get_message_frame(
    thread_id: Id, message_id: Id, query: Annotated[FrameQuery, Query()], read: Reading
) -> Response:
    """Get a message as a page for a frame: nothing in it runs, and links open elsewhere.

    `data-remote-images` of its root says how many pictures are elsewhere, shown or not.
    """
    return await commands.get_frame(read, thread_id, message_id, query)


@api.get(
    "/attachments/{message_id}/{attachment_id}",
    "messages-getAttachment",
    "application/octet-stream",
)
async def get_message_attachment(message_id: Id, attachment_id: Id, read: Reading) -> Response:
    """Get the bytes of a file of a message. Pictures may be shown; all else is to be saved."""
    return await commands.get_attachment(read, message_id, attachment_id)
