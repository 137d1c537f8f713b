"""HTTP: messages that are held back for a moment."""

from typing import Annotated

from starlette.responses import Response

from looplane.held_messages import commands, sql
from looplane.held_messages.schemas import HeldCreate, HeldOut, HeldPage
from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.errors import NotFound, PreconditionFailed
from looplane.kit.schema import Id
from looplane.kit.writes import Read, Write
from looplane.unsent.schemas import UnsentOut

api = Api("held_messages", for_app=True)
Reading = Annotated[Read, require_scopes(SESSION_SCOPE)]
Sending = Annotated[Write, require_scopes(SESSION_SCOPE, "messages:write", "threads:write")]
TakingBack = Annotated[Write, require_scopes(SESSION_SCOPE)]
_ITEM = "/held/{id}"


@api.get("/held", "held-list", HeldPage)
async def list_held(read: Reading) -> Response:
    """List your messages that are still held back, the next one to leave first."""
    return await read(sql.list_held)


@api.post("/held", "held-create", HeldOut, NotFound, PreconditionFailed)
async def create_held(body: HeldCreate, write: Sending) -> Response:
    """Answer a thread in a few seconds, until which the message can be taken back.

    It is judged as it would be sent now, and takes the place of your unsent reply. What cannot be
    sent when its time comes, since somebody else answered meanwhile, is unsent text again, and
    says so.
    """
    return await write(commands.create_held, body, write.state.hold_seconds)


@api.delete(_ITEM, "held-takeBack", UnsentOut)
async def take_back_held(id: Id, write: TakingBack) -> Response:
    """Take a message back before it is sent: it is unsent text again, which is answered."""
    return await write(commands.take_back_held, id)


@api.post("/held/{id}/send", "held-send", HeldOut, PreconditionFailed)
async def send_held(id: Id, write: Sending) -> Response:
    """Send a message now instead of waiting. Where that is refused, it is held as before."""
    return await write(commands.send_held, id)
