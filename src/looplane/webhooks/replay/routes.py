"""HTTP: what is sent to a webhook once more, and the test event."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict, Unprocessable
from looplane.kit.schema import Id
from looplane.kit.writes import Write
from looplane.webhooks.replay import commands
from looplane.webhooks.schemas import WebhookPingOut, WebhookReplay, WebhookReplayOut

api = Api("webhooks")
Writing = Annotated[Write, require_scopes("admin")]


@api.post("/webhooks/{id}/replay", "webhooks-replay", WebhookReplayOut, Unprocessable)
async def replay_to_webhook(id: Id, body: WebhookReplay, write: Writing) -> Response:
    """Send to a webhook once more: by deliveries, by events, or all of a span of time.

    The bytes and the id of the event are those of the first time. What it never was told of, such
    as what happened before it was made, is sent too. What waits already stays as it is. Of a long
    span one request takes a part: send its `cursor` with the next one.
    """
    return await commands.replay_to_webhook(write, id, body)


@api.post("/webhooks/{id}/ping", "webhooks-ping", WebhookPingOut, Conflict)
async def ping_webhook(id: Id, write: Writing) -> Response:
    """Send a test event, `webhook.pinged`, to a webhook by the way of all events.

    The answer is its delivery: look there for what became of it.
    """
    return await write(commands.ping_webhook, id)
