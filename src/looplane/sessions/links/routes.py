"""HTTP: links that sign in."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict, NotFound
from looplane.kit.visits import Visit
from looplane.sessions.links import commands
from looplane.sessions.links.schemas import LinkOut, LinkRequest, LinkRequested, LinkToken

api = Api("sessions", for_app=True)
Visiting = Annotated[Visit, require_scopes()]


@api.post("/links", "session-showLink", LinkOut, NotFound, Conflict)
async def show_link(body: LinkToken, visit: Visiting) -> Response:
    """Say what the token of a link or an invite is for; it stays good."""
    return await visit(commands.show_link, body)


@api.post("/sign-in-links", "session-requestLink", LinkRequested)
async def request_link(body: LinkRequest, visit: Visiting) -> Response:
    """Have a link mailed that signs in; the answer is the same for an address that is unknown."""
    return await commands.request_link(visit, body)
