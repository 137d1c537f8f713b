"""Since when a thread waits for us: kept by the database itself, whoever writes."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.messages.conftest import Receive

_MIGRATION = Path(__file__).parents[2] / "migrations" / "2026-11-26_thread_lists.sql"


async def test_a_thread_waits_since_the_first_message_that_is_not_answered(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock, receive: Receive, db: Any
) -> None:
    made = clock()
    first = await receive()
    assert first.thread_id is not None

    async def waiting_since() -> datetime | None:
        statement = "select waiting_since from threads where id = $1"
        moment: datetime | None = await db.fetchval(statement, first.thread_id)
        return moment

    async def waits_for(seconds: int) -> bool:
        listed = await client.get("/threads", params={"waiting_longer_than": seconds})
        return [each["id"] for each in listed.json()["data"]] == [str(first.thread_id)]

    assert await waiting_since() == made
    clock.step(timedelta(hours=1))
    await receive(thread_id=first.thread_id)
    assert await waiting_since() == made, "a second message does not make it wait anew"
    assert await waits_for(3599)
    assert not await waits_for(3600 + 1)
    await make.message(str(first.thread_id))
    assert await waiting_since() is None
    assert not await waits_for(0)
    clock.step(timedelta(hours=1))
    again = clock()
    await receive(thread_id=first.thread_id)
    clock.step(timedelta(hours=1))
    await receive(thread_id=first.thread_id)
    assert await waiting_since() == again
    await client.patch(f"/threads/{first.thread_id}", json={"status": "done"})
    assert await waiting_since() == again
    assert not await waits_for(0), "only what is open waits"
    # As the migration does it for the threads that are there.
    await db.execute("update threads set waiting_since = null where id = $1", first.thread_id)
    await db.execute(_backfill())
    assert await waiting_since() == again


def _backfill() -> str:
    text = _MIGRATION.read_text()
    return next(each for each in text.split(";\n") if "\nupdate threads t" in each)
