"""HTTP: deliveries are tried again, or canceled."""

from typing import Annotated

from starlette.responses import Response

from looplane.deliveries.mending import commands
from looplane.deliveries.mending.schemas import (
    DeliveryBulkCancel,
    DeliveryBulkOut,
    DeliveryBulkRetry,
    DeliveryRetry,
)
from looplane.deliveries.schemas import DeliveryOut
from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict, Unprocessable
from looplane.kit.schema import Id
from looplane.kit.writes import Write

api = Api("deliveries")
Writing = Annotated[Write, require_scopes("admin")]


@api.post("/deliveries/retry", "deliveries-bulkRetry", DeliveryBulkOut, Unprocessable)
async def bulk_retry_deliveries(body: DeliveryBulkRetry, write: Writing) -> Response:
    """Try many deliveries again, by their ids or by a filter.

    Each keeps its place in its order, the id of its event, and its bytes. Of a filter with many
    one request takes a part: send its `cursor` with the next one.
    """
    return await write(commands.bulk_retry_deliveries, body)


@api.post("/deliveries/cancel", "deliveries-bulkCancel", DeliveryBulkOut, Unprocessable)
async def bulk_cancel_deliveries(body: DeliveryBulkCancel, write: Writing) -> Response:
    """Cancel many queued deliveries, by their ids or by a filter.

    What is on its way at this moment may still arrive, and then says so. Of a filter with many one
    request takes a part: send its `cursor` with the next one.
    """
    return await write(commands.bulk_cancel_deliveries, body)


@api.post("/deliveries/{id}/retry", "deliveries-retry", DeliveryOut, Conflict)
async def retry_delivery(id: Id, body: DeliveryRetry, write: Writing) -> Response:
    """Try a delivery again now, with the same bytes and the same id of its event.

    What is dead or canceled has the whole schedule before it once more; what waits goes on with
    its own. It waits for what goes before it in its order, and for a queue that is paused or whose
    target is down: resume that.
    """
    return await write(commands.retry_delivery, id, body)


@api.post("/deliveries/{id}/cancel", "deliveries-cancel", DeliveryOut, Conflict)
async def cancel_delivery(id: Id, write: Writing) -> Response:
    """Cancel a queued delivery; what waited behind it goes on.

    If it is on its way at this moment it may still arrive, and is `delivered` then.
    """
    return await write(commands.cancel_delivery, id)
