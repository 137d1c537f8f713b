"""HTTP: the password of the member who calls."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.writes import Write
from looplane.sessions.credentials import commands
from looplane.sessions.credentials.schemas import PasswordChange
from looplane.sessions.schemas import SessionOut

api = Api("sessions", for_app=True)
Writing = Annotated[Write, require_scopes(SESSION_SCOPE)]


@api.post("/password", "session-setPassword", SessionOut)
async def set_password(body: PasswordChange, write: Writing) -> Response:
    """Set the password of the member who calls; their other sessions end."""
    return await commands.set_password(write, body)
