"""HTTP: text that is not sent yet."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.errors import PreconditionFailed
from looplane.kit.schema import Id
from looplane.kit.writes import Read, Write
from looplane.unsent import commands, sql
from looplane.unsent.schemas import UnsentDelete, UnsentOut, UnsentPage, UnsentPut

api = Api("unsent", for_app=True)
Reading = Annotated[Read, require_scopes(SESSION_SCOPE, "threads:read")]
Writing = Annotated[Write, require_scopes(SESSION_SCOPE, "threads:read")]
_ITEM = "/unsent/{thread_id}"


@api.get("/unsent", "unsent-list", UnsentPage)
async def list_unsent(read: Reading) -> Response:
    """List the threads about which you wrote something that is not sent, the latest first."""
    return await read(sql.list_unsent)


@api.get(_ITEM, "unsent-get", UnsentOut)
async def get_unsent(thread_id: Id, read: Reading) -> Response:
    """Get what you wrote about a thread and did not send. Nobody else ever sees it."""
    return await read(sql.get_unsent, thread_id)


@api.put(_ITEM, "unsent-put", UnsentOut, PreconditionFailed)
async def put_unsent(thread_id: Id, body: UnsentPut, write: Writing) -> Response:
    """Keep what you are writing about a thread."""
    return await write(commands.put_unsent, thread_id, body)


@api.delete(_ITEM, "unsent-delete", UnsentOut, PreconditionFailed)
async def delete_unsent(
    thread_id: Id, query: Annotated[UnsentDelete, Query()], write: Writing
) -> Response:
    """Forget what you wrote about a thread in one mode."""
    return await write(commands.delete_unsent, thread_id, query)
