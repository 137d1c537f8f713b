"""HTTP: signing in and out."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.errors import Unauthenticated
from looplane.kit.schema import DeleteResult
from looplane.kit.visits import Visit
from looplane.kit.writes import Read, Write
from looplane.sessions import commands
from looplane.sessions.schemas import SessionOut, SignInByLink

api = Api("sessions", for_app=True)
Visiting = Annotated[Visit, require_scopes()]
Reading = Annotated[Read, require_scopes(SESSION_SCOPE)]
Writing = Annotated[Write, require_scopes(SESSION_SCOPE)]


@api.get("/session", "session-get", SessionOut)
async def get_session(read: Reading) -> Response:
    """Get the session that calls: its member, its workspace, and its `csrf_token`."""
    return await read(commands.get_session)


@api.post("/session/by-link", "session-signInByLink", SessionOut, Unauthenticated)
async def sign_in_by_link(body: SignInByLink, visit: Visiting) -> Response:
    """Sign in with the token of a link, which is good once."""
    return await visit(commands.sign_in_by_link, body)


@api.delete("/session", "session-signOut", DeleteResult)
async def sign_out(write: Writing) -> Response:
    """End the session that calls; its cookie is dropped."""
    return await write(commands.sign_out)
