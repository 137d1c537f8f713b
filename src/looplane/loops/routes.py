"""HTTP: loops of threads."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.writes import Read
from looplane.loops import sql
from looplane.loops.schemas import LoopPage, LoopQuery

api = Api("loops", for_app=True)
Reading = Annotated[Read, require_scopes(SESSION_SCOPE, "threads:read")]


@api.get("/loops", "loops-list", LoopPage)
async def list_loops(query: Annotated[LoopQuery, Query()], read: Reading) -> Response:
    """Say of threads since when their customers wait, and whether their loops are closed.

    Threads that are not there are left out.
    """
    return await read(sql.list_loops, query)
