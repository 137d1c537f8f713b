"""HTTP: queues of deliveries."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.deliveries.queues import commands, sql
from looplane.deliveries.queues.schemas import (
    DeliveryQueueName,
    DeliveryQueueOut,
    DeliveryQueuePage,
    DeliveryQueuePause,
    DeliveryQueueQuery,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict
from looplane.kit.writes import Read, Write

api = Api("deliveries")
Reading = Annotated[Read, require_scopes("admin")]
Writing = Annotated[Write, require_scopes("admin")]


@api.get("/deliveries/queues", "deliveries-listQueues", DeliveryQueuePage)
async def list_delivery_queues(
    query: Annotated[DeliveryQueueQuery, Query()], read: Reading
) -> Response:
    """List queues: what can be slow or away as a whole, and whether it is."""
    return await read(sql.list_queues, query)


@api.post("/deliveries/queues/pause", "deliveries-pauseQueue", DeliveryQueueOut)
async def pause_delivery_queue(body: DeliveryQueuePause, write: Writing) -> Response:
    """Pause a queue: what is queued waits, and nothing of its schedule is used up.

    What is on its way arrives.
    """
    return await write(commands.pause_queue, body)


@api.post("/deliveries/queues/resume", "deliveries-resumeQueue", DeliveryQueueOut, Conflict)
async def resume_delivery_queue(body: DeliveryQueueName, write: Writing) -> Response:
    """Let a queue that is paused or failing go on now, and forget what has failed.

    That of a webhook that is paused or disabled goes on with the webhook (409): update that.
    """
    return await write(commands.resume_queue, body)
