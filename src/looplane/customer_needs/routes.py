"""HTTP: customer needs of a thread."""

from typing import Annotated

from starlette.responses import Response

from looplane.customer_needs import commands, sql
from looplane.customer_needs.schemas import (
    CustomerNeedCreate,
    CustomerNeedList,
    CustomerNeedPage,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write

api = Api("customer-needs")
Reading = Annotated[Read, require_scopes("threads:read")]
Writing = Annotated[Write, require_scopes("threads:write")]


@api.get("/threads/{thread_id}/customer-needs", "customerNeeds-list", CustomerNeedPage)
async def list_customer_needs(thread_id: Id, read: Reading) -> Response:
    """List what a thread asks for, in the order it was linked, all in one page."""
    return await read(sql.get_needs, thread_id)


@api.post("/threads/{thread_id}/customer-needs", "customerNeeds-create", CustomerNeedList)
async def create_customer_needs(
    thread_id: Id, body: CustomerNeedCreate, write: Writing
) -> Response:
    """Link a thread to projects and issues; the answer has a need for each that was named.

    What is linked already stays linked. `ETag` and `If-Match` are about the thread.
    """
    return await write(commands.create_customer_needs, thread_id, body)


@api.delete("/threads/{thread_id}/customer-needs/{id}", "customerNeeds-delete", DeleteResult)
async def delete_customer_need(thread_id: Id, id: Id, write: Writing) -> Response:
    """Unlink a thread from a project or an issue. `ETag` and `If-Match` are about the thread."""
    return await write(commands.delete_customer_need, thread_id, id)
