"""HTTP: what was said in a thread, and what we answer."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import Id
from looplane.kit.writes import Read, Write
from looplane.messages import commands, sql
from looplane.messages.schemas import MessageCreate, MessagePage, MessageQuery, SentMessage

api = Api("messages")
Reading = Annotated[Read, require_scopes("threads:read")]
Writing = Annotated[Write, require_scopes("messages:write")]


@api.get("/threads/{thread_id}/messages", "threads-listMessages", MessagePage)
async def list_thread_messages(
    thread_id: Id, query: Annotated[MessageQuery, Query()], read: Reading
) -> Response:
    """List what was said in a thread, by whatever channel, oldest first.

    The first is what the thread itself says, of type `feedback` and with the thread's id, where it
    did not begin with a message. A message never changes, so `updated_after` and `updated_before`
    are about `created_at` too.
    """
    return await read(sql.list_messages, thread_id, query)


@api.post("/threads/{thread_id}/messages", "threads-sendMessage", SentMessage)
async def send_thread_message(thread_id: Id, body: MessageCreate, write: Writing) -> Response:
    """Answer a thread, as the member whose key it is.

    The channel follows from the thread's origin: `slack` and `slack_connect` are answered by
    `slack`, `live_chat`, `widget` and `ai_chat` by `live_chat`, `teams` by `teams`; all others have
    no channel of their own and are answered by mail to the thread's contact. One that is not set up
    is 400. The message leaves within a second or so; the thread's draft is done with, and a new
    thread is open.
    """
    return await write(commands.send_thread_message, thread_id, body)
