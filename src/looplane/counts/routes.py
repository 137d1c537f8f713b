"""HTTP: how many threads there are."""

from typing import Annotated

from starlette.responses import Response

from looplane.counts import commands
from looplane.counts.schemas import CountsOut
from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.writes import Read

api = Api("counts", for_app=True)
Reading = Annotated[Read, require_scopes(SESSION_SCOPE, "threads:read")]


@api.get("/counts", "counts-get", CountsOut)
async def get_counts(read: Reading) -> Response:
    """Count the threads of each tab and of each view, up to 1,000 of each.

    They are those that the list of threads has for the same tab or view.
    """
    return await read(commands.get_counts)
