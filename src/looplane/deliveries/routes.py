"""HTTP: what is to leave for the outside, and what became of it."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.deliveries import sql
from looplane.deliveries.schemas import (
    DeliveryAttemptPage,
    DeliveryAttemptQuery,
    DeliveryOut,
    DeliveryPage,
    DeliveryQuery,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import Id
from looplane.kit.writes import Read

api = Api("deliveries")
Reading = Annotated[Read, require_scopes("admin")]


@api.get("/deliveries", "deliveries-list", DeliveryPage)
async def list_deliveries(query: Annotated[DeliveryQuery, Query()], read: Reading) -> Response:
    """List deliveries of all channels, newest first.

    Those of threads that were deleted are among them.
    """
    return await read(sql.list_deliveries, query)


@api.get("/deliveries/{id}", "deliveries-get", DeliveryOut)
async def get_delivery(id: Id, read: Reading) -> Response:
    """Get a delivery."""
    return await read(sql.get_delivery, id)


@api.get("/deliveries/{id}/attempts", "deliveries-listAttempts", DeliveryAttemptPage)
async def list_delivery_attempts(
    id: Id, query: Annotated[DeliveryAttemptQuery, Query()], read: Reading
) -> Response:
    """List the attempts at a delivery, the latest first: what was sent, and what was answered."""
    return await read(sql.list_attempts, id, query)
