"""HTTP: webhooks, their secrets, and what was delivered to them."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import queries
from looplane.deliveries.schemas import DeliveryPage
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.webhooks import commands, sql
from looplane.webhooks.schemas import (
    NewWebhookOut,
    SecretRotation,
    WebhookCreate,
    WebhookDeliveryQuery,
    WebhookOut,
    WebhookPage,
    WebhookPatch,
    WebhookQuery,
)

api = Api("webhooks")
Reading = Annotated[Read, require_scopes("admin")]
Writing = Annotated[Write, require_scopes("admin")]


@api.get("/webhooks", "webhooks-list", WebhookPage)
async def list_webhooks(query: Annotated[WebhookQuery, Query()], read: Reading) -> Response:
    """List webhooks, newest first."""
    return await read(queries.list_page, sql.WEBHOOK, query)


@api.post("/webhooks", "webhooks-create", NewWebhookOut)
async def create_webhook(body: WebhookCreate, write: Writing) -> Response:
    """Make a webhook; the secret that it signs with is shown in this answer alone.

    It is told of what happens from now on; for what happened before, replay.
    """
    return await commands.create_webhook(write, body)


@api.get("/webhooks/{id}", "webhooks-get", WebhookOut)
async def get_webhook(id: Id, read: Reading) -> Response:
    """Get a webhook; never its secret."""
    return await read(queries.get, sql.WEBHOOK, id)


@api.patch("/webhooks/{id}", "webhooks-update", WebhookOut)
async def update_webhook(id: Id, patch: WebhookPatch, write: Writing) -> Response:
    """Update a webhook. What is queued goes to the new address, in the new style.

    With the status `active` one that was paused or disabled sends what has waited.
    """
    return await commands.update_webhook(write, id, patch)


@api.delete("/webhooks/{id}", "webhooks-delete", DeleteResult)
async def delete_webhook(id: Id, write: Writing) -> Response:
    """Delete a webhook; what is queued for it is canceled."""
    return await write(commands.delete_webhook, id)


@api.post("/webhooks/{id}/rotate-secret", "webhooks-rotateSecret", NewWebhookOut)
async def rotate_webhook_secret(id: Id, body: SecretRotation, write: Writing) -> Response:
    """Make a new secret for a webhook; it is shown in this answer alone.

    For a time all is signed with both, so that the receiver can be changed without haste. A secret
    before those two is good no longer.
    """
    return await commands.rotate_webhook_secret(write, id, body)


@api.get("/webhooks/{id}/deliveries", "webhooks-listDeliveries", DeliveryPage)
async def list_webhook_deliveries(
    id: Id, query: Annotated[WebhookDeliveryQuery, Query()], read: Reading
) -> Response:
    """List what was or is to be delivered to a webhook, newest first."""
    return await read(sql.list_deliveries, id, query)
