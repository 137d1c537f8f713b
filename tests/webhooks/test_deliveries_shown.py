"""What GET /deliveries shows of webhooks: what was sent, and no secret."""

from typing import Any
from uuid import UUID

import httpx
from starlette.types import ASGIApp

from tests.conftest import SteppedClock, connected
from tests.factory import Factory
from tests.webhooks.conftest import Attempt
from tests.webhooks.targets import Target

_KEEP = """
insert into delivery_attempts (workspace_id, delivery_id, number, started_at, ended_at, outcome,
  reason, request, answer)
select workspace_id, id, 1, $2, $2, 'failed', $3, $4, $5 from deliveries where id = $1"""


async def test_no_secret_is_shown(
    app: ASGIApp, make: Factory, receiver: Target, attempt: Attempt, client: httpx.AsyncClient,
    db: Any, clock: SteppedClock,
) -> None:  # fmt: skip
    webhook = await make.webhook(url=receiver.url(), style="productlane")
    id = (await client.post(f"/webhooks/{webhook['id']}/ping")).json()["id"]
    kept = await attempt(id)
    sent = receiver.received[0].headers["productlane-signature"]
    values = (clock(), kept.reason, kept.request, kept.answer)
    await db.execute(_KEEP, UUID(id), *values)
    told = [await client.get(f"/deliveries/{id}"), await client.get(f"/deliveries/{id}/attempts")]
    assert told[1].json()["data"][0]["request"]["url"] == webhook["url"]
    for answer in told:
        for word in (webhook["secret"], webhook["secret"].removeprefix("whsec_"), sent[-64:]):
            assert word not in answer.text
    for scopes in ({"threads:read", "threads:write"}, {"messages:write"}):
        async with connected(app, await make.key(scopes)) as caller:
            for path in ("", f"/{id}", f"/{id}/attempts", "/queues"):
                refused = await caller.get(f"/deliveries{path}")
                assert refused.json()["code"] == "scope_required"
