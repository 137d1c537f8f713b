"""The bytes of events, which are kept for a time and put together again after it."""

from datetime import timedelta
from typing import Any

import httpx

from looplane.webhooks.commands import BODIES_KEPT, sweep_bodies
from tests.conftest import Workspace
from tests.factory import Factory
from tests.web_servers import answer
from tests.webhooks.conftest import Wire
from tests.webhooks.steps import deliveries, hook, retitle
from tests.webhooks.targets import OK, Target

KEPT = "select count(*) from event_bodies where workspace_id = $1"


async def test_bodies_are_let_go_once_they_are_old_and_nothing_waits(
    client: httpx.AsyncClient,
    make: Factory,
    receiver: Target,
    wire: Wire,
    db: Any,
    workspace: Workspace,
) -> None:
    thread = await make.thread()
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    await retitle(client, thread, "delivered")
    await wire.run()
    receiver.always = lambda _: answer(status=422)
    await retitle(client, thread, "waits")
    await wire.run()
    await sweep_bodies(db, wire.clock)
    assert await db.fetchval(KEPT, workspace.id) == 2
    wire.clock.step(BODIES_KEPT + timedelta(seconds=1))
    await sweep_bodies(db, wire.clock)
    assert await db.fetchval(KEPT, workspace.id) == 1
    receiver.always = lambda _: OK
    await wire.run()
    await sweep_bodies(db, wire.clock)
    assert await db.fetchval(KEPT, workspace.id) == 0
    # What is asked for after that has the same bytes.
    before = receiver.received[0]
    first = (await deliveries(client, webhook))[0]
    again = await client.post(f"/deliveries/{first['id']}/retry", json={"again": True})
    assert again.status_code == 200
    await wire.run()
    assert receiver.received[-1].body == before.body
