"""HTTP: who is calling."""

from typing import Annotated

from starlette.responses import Response

from looplane.keys import sql
from looplane.keys.schemas import MeOut
from looplane.kit.api import Api, require_scopes
from looplane.kit.writes import Read

api = Api("me")


@api.get("/me", "me-get", MeOut)
async def get_me(read: Annotated[Read, require_scopes()]) -> Response:
    """Get the workspace, the scopes and the teams of the calling key."""
    return await read(sql.get_me)
