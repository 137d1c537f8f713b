"""Deliveries in each state, and what the API says of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from looplane.delivery.schemas import Attempted, DueDelivery
from tests.conftest import SteppedClock
from tests.delivery.planned import plan
from tests.dispatch import Sink, deliver_due

HOUR = timedelta(hours=1)
FAILED = Attempted("failed", "The mailbox is full.")
REFUSED = Attempted("refused", "There is no such mailbox.")
DELIVERED = Attempted("delivered", answer={"status": 250})


class Answering(Sink):
    """A channel that comes to the same each time, after what happens `meanwhile`."""

    def __init__(self, attempted: Attempted, meanwhile: Any = None) -> None:
        super().__init__()
        self.attempted, self.meanwhile = attempted, meanwhile

    async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
        await super().send(delivery, loaded)
        if self.meanwhile is not None:
            await self.meanwhile()
        return self.attempted


async def planned(
    client: httpx.AsyncClient,
    db: Any,
    workspace_id: UUID,
    clock: SteppedClock,
    state: str,
    target: str = "a@mail.example",
    lane: UUID | None = None,
) -> str:
    """The id of a delivery that came to this state in the usual way; `waiting` failed once."""
    id = str(await plan(db, workspace_id, clock(), target, lane))
    came = {"delivered": DELIVERED, "dead": REFUSED, "waiting": FAILED}
    if state in came:
        await deliver_due(db, clock, {"email": Answering(came[state])})
    if state == "canceled":
        answer = await client.post(f"/deliveries/{id}/cancel")
        assert answer.status_code == httpx.codes.OK, answer.text
    return id


async def state_of(client: httpx.AsyncClient, id: str) -> str:
    return str((await client.get(f"/deliveries/{id}")).json()["state"])


def new_lane() -> UUID:
    return uuid4()
