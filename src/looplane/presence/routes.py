"""HTTP: who is at a thread."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.errors import NotFound
from looplane.kit.writes import Write
from looplane.presence import commands
from looplane.presence.schemas import PresenceBeat, PresenceOut

api = Api("presence", for_app=True)
Writing = Annotated[Write, require_scopes(SESSION_SCOPE, "threads:read")]


@api.post("/presence", "presence-beat", PresenceOut, NotFound)
async def beat_presence(body: PresenceBeat, write: Writing) -> Response:
    """Say what you do at a thread in this tab, and get who else is there; never yourself.

    Where somebody else comes, goes or begins something else, the stream of events of your session
    has a `presence` with the `thread_id` at once: ask again.
    """
    return await commands.beat_presence(write, body)
