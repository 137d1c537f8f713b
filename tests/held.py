"""Messages that are held back, as tests make and send them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from looplane.held_messages.commands import Sending, send_due
from tests.conftest import SteppedClock
from tests.sessions import APP

HELD_FOR = timedelta(seconds=10)


async def hold(
    client: httpx.AsyncClient, thread_id: str, content: str = "<p>Hello</p>", **body: Any
) -> dict[str, Any]:
    sent = {"thread_id": thread_id, "content": content, **body}
    answer = await client.post(f"{APP}/held", json=sent)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def send_what_is_due(db: Any, clock: SteppedClock) -> Sending:
    """One round of a worker, after what is held now is due."""
    clock.step(HELD_FOR)
    return await send_due(db, clock, frozenset({"email"}))


async def sent_in(client: httpx.AsyncClient, thread_id: str) -> list[str]:
    """What went out in a thread."""
    page = await client.get(f"/threads/{thread_id}/messages", params={"direction": "outbound"})
    return [each["html"] for each in page.json()["data"]]


async def unsent_in(client: httpx.AsyncClient, thread_id: str) -> dict[str, Any]:
    """The unsent reply, which must be there."""
    found = (await client.get(f"{APP}/unsent/{thread_id}")).json()["reply"]
    assert found is not None
    reply: dict[str, Any] = found
    return reply


async def state_of(db: Any, id: str) -> str:
    state: str = await db.fetchval("select state from held_messages where id = $1", UUID(id))
    return state
