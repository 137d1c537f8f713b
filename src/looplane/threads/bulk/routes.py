"""HTTP: changes of many threads."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.writes import Write
from looplane.threads.bulk import commands
from looplane.threads.bulk.schemas import ThreadBulk, ThreadBulkOut

api = Api("threads")
Writing = Annotated[Write, require_scopes("threads:write")]


@api.post("/threads/bulk", "threads-bulk", ThreadBulkOut)
async def bulk_threads(body: ThreadBulk, write: Writing) -> Response:
    """Update up to 500 threads, by their ids or by a filter of the list.

    Each is updated for itself, as by an update of it alone, and may fail for itself; they are
    answered in the order of the ids, or as the list has them. What no thread could be given, such
    as a tag that is not there, is 400, and nothing is done. Each 50 threads cost as much of the
    limit of requests as one. Sent again with the same `Idempotency-Key` after it was cut off, it
    does the rest.
    """
    return await write.in_parts(commands.bulk_threads, body)
