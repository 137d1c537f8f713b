"""How many statements a batch of mails takes: as many for several as for one."""

from datetime import timedelta
from typing import Any

import httpx

from looplane.delivery.commands import take
from looplane.delivery.sql import route
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.mail.conftest import Post
from tests.messages.conftest import send


async def _statements(post: Post, db: Any, clock: SteppedClock) -> tuple[int, int]:
    """How many mails are loaded, and by how many statements."""
    clock.step(timedelta(seconds=61))
    await route(db, clock())
    log: list[str] = []

    def keep(said: Any) -> None:
        log.append(said.query)

    db.add_query_logger(keep)
    [taken] = await take(db, clock, {"email": post.channel}, 10, 0)
    db.remove_query_logger(keep)
    return len(taken.begun), len(log)


async def test_several_are_loaded_as_one_is(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, clock: SteppedClock
) -> None:
    counts = []
    # The first time the driver asks for types.
    for mails in (1, 1, 4):
        for _ in range(mails):
            await send(client, await make.thread())
        counts.append(await _statements(post, db, clock))
        await post.work(61)
    assert [loaded for loaded, _ in counts] == [1, 1, 4]
    assert counts[1][1] == counts[2][1]
