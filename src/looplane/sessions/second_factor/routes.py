"""HTTP: the second factor of the member who calls."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.schema import DeleteResult
from looplane.kit.writes import Write
from looplane.sessions.second_factor import commands
from looplane.sessions.second_factor.schemas import (
    NewSecondFactor,
    RecoveryCodes,
    SecondFactorConfirm,
    SecondFactorEnd,
    SecondFactorStart,
)

api = Api("sessions", for_app=True)
Writing = Annotated[Write, require_scopes(SESSION_SCOPE)]


@api.post("/second-factor", "session-startSecondFactor", NewSecondFactor)
async def start_second_factor(body: SecondFactorStart, write: Writing) -> Response:
    """Begin with a second factor: a secret for an app, which counts once it is confirmed."""
    return await commands.start_second_factor(write, body)


@api.post("/second-factor/confirm", "session-confirmSecondFactor", RecoveryCodes)
async def confirm_second_factor(body: SecondFactorConfirm, write: Writing) -> Response:
    """Turn the second factor on with its first code; the codes for recovery are shown once."""
    return await commands.confirm_second_factor(write, body)


@api.delete("/second-factor", "session-endSecondFactor", DeleteResult)
async def end_second_factor(body: SecondFactorEnd, write: Writing) -> Response:
    """Turn the second factor off, with the password and a code; the `id` is the member's."""
    return await commands.end_second_factor(write, body)
