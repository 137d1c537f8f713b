"""HTTP: sessions."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.sessions import commands
from looplane.sessions.schemas import EndedSessions, OwnSessionPage, SessionOut

api = Api("sessions", for_app=True)
Reading = Annotated[Read, require_scopes(SESSION_SCOPE)]
Writing = Annotated[Write, require_scopes(SESSION_SCOPE)]


@api.get("/session", "session-get", SessionOut)
async def get_session(read: Reading) -> Response:
    """Get the session that calls: its member, its workspace, and its `csrf_token`."""
    return await read(commands.get_session)


@api.delete("/session", "session-signOut", DeleteResult)
async def sign_out(write: Writing) -> Response:
    """End the session that calls; its cookie is dropped."""
    return await commands.sign_out(write)


@api.get("/sessions", "session-listOwn", OwnSessionPage)
async def list_own_sessions(read: Reading) -> Response:
    """List the sessions of the member who calls, newest first; `last_used_at` to some minutes."""
    return await read(commands.list_own_sessions)


@api.delete("/sessions", "session-endOthers", EndedSessions)
async def end_other_sessions(write: Writing) -> Response:
    """End all sessions of the member who calls but the one that does."""
    return await commands.end_other_sessions(write)


@api.delete("/sessions/{id}", "session-end", DeleteResult)
async def end_own_session(id: Id, write: Writing) -> Response:
    """End a session of the member who calls; it opens nothing after a second."""
    return await commands.end_own_session(write, id)
