"""Nothing that was acknowledged is lost, whoever is killed under load, and no retry writes twice.

With -s the tests say what was counted; LOOPLANE_SOAK_SECONDS makes each go on for as long.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.functions import StoredFunction
from looplane.tables import FUNCTIONS
from tests.embedded_pg.running import postmaster_pid
from tests.load import TITLES, Load, load_on
from tests.processes import BLOCKS, Folder, Process, come_about, connect

SOAK = float(os.environ.get("LOOPLANE_SOAK_SECONDS", "0"))
BETWEEN = 40  # acknowledged writes from one kill to the next
READS = 30  # at once: more than a pool has connections


def rounds(load: Load, least: int) -> Iterator[int]:
    """So many rounds, or more while the soak lasts."""
    end = time.monotonic() + SOAK
    while load.count["rounds"] < least or time.monotonic() < end:
        yield load.count["rounds"]
        load.count["rounds"] += 1


@asynccontextmanager
async def account(process: Process, connect: Callable[[], Any]) -> AsyncIterator[Load]:
    """A load during the block, and the reckoning after it."""
    con = await connect()
    async with load_on(process.url, con) as load:
        async with load.going_on():
            yield load
            await load.more(BETWEEN)
        con.terminate()
        con = await connect()
        await load.check(con)
        await con.close()


async def all_answer(load: Load) -> None:
    """Every connection of the pool is good again."""
    answers = await asyncio.gather(
        *(load.client.get(f"/threads/{load.threads[0]}") for _ in range(READS))
    )
    assert {each.status_code for each in answers} == {httpx.codes.OK}


@pytest.mark.usefixtures("database")  # its tables
async def test_the_api_is_killed(place: Folder, dsn: str) -> None:
    process = await place.started("api", database_url=dsn)
    async with account(process, lambda: connect(dsn)) as load:
        for _ in rounds(load, 2):
            await load.more(BETWEEN)
            process.kill()
            process = await place.restarted(process)
    assert load.count["no answer"]


async def test_the_postmaster_is_killed(place: Folder) -> None:
    process = await place.started("serve")
    async with account(process, place.connect) as load:
        for _ in rounds(load, 2):
            await load.more(BETWEEN)
            killed = postmaster_pid(place.data_dir)
            os.kill(killed, signal.SIGKILL)
            await place.server_after(killed)
            await process.ready()
            await all_answer(load)
    assert load.count["answered 503"]
    assert not load.count["no answer"], "the API was there all the time"
    assert not process.stumbled(), process.complained()


async def test_everything_is_killed(place: Folder) -> None:
    process = await place.started("serve")
    async with account(process, place.connect) as load:
        for number in rounds(load, 2):
            await load.more(BETWEEN)
            if number % 2:
                # As when the power fails: the server gets no time to end in good order.
                os.kill(postmaster_pid(place.data_dir), signal.SIGKILL)
            process.kill()
            process = await place.restarted(process)
    assert load.count["no answer"]


# Has a commit wait for the test, so that it is certain when the answer is lost.
_HOLD = """
create function hold() returns trigger language plpgsql set lock_timeout = 0 as $$
begin perform pg_advisory_xact_lock(4711); return null; end $$;
create constraint trigger hold after insert on idempotent_answers
deferrable initially deferred for each row execute function hold();
select pg_advisory_lock(4711)"""


@pytest.mark.usefixtures("database")  # its tables
async def test_a_write_whose_answer_was_lost_is_not_made_again(place: Folder, dsn: str) -> None:
    process = await place.started("api", database_url=dsn)
    con = await connect(dsn)
    async with load_on(process.url, con) as load:
        id = load.threads[0]
        sent: dict[str, Any] = {"json": {"title": "Once"}, "headers": {"Idempotency-Key": "one"}}
        await con.execute(_HOLD)
        try:
            lost = asyncio.create_task(load.client.patch(f"/threads/{id}", **sent))
            await come_about(lambda: con.fetchval(BLOCKS))
            process.kill()
            with pytest.raises(httpx.TransportError):
                await lost
            await place.restarted(process)
            early = await load.client.patch(f"/threads/{id}", **sent)
            assert (early.status_code, early.headers["retry-after"]) == (httpx.codes.CONFLICT, "1")
        finally:
            await con.execute("select pg_advisory_unlock(4711)")
            await con.execute("drop function hold cascade")
        await come_about(lambda: is_replayed(load, f"/threads/{id}", sent))
        assert await con.fetchval(TITLES, UUID(id)) == ["Once"]
    await con.close()


async def is_replayed(load: Load, thread: str, sent: dict[str, Any]) -> bool:
    answer = await load.client.patch(thread, **sent)
    if answer.status_code == httpx.codes.CONFLICT:
        return False
    assert answer.json()["title"] == "Once"
    return answer.headers["idempotent-replayed"] == "true"


async def test_what_the_api_uses_changes_while_it_runs(place: Folder) -> None:
    process = await place.started("serve")
    con = await place.connect()
    [ours] = FUNCTIONS
    async with account(process, place.connect) as load:
        for number in rounds(load, 20):
            async with con.transaction():
                newer = StoredFunction(ours.stem, f"{ours.text} -- {number}")
                await con.execute(newer.create)
            if number % 10 == 0:
                # So every plan that reads it is void, in the middle of a transaction too.
                await con.execute(f"alter table threads alter title type varchar({1000 + number})")
            await load.more(2)
        await con.execute("alter table threads alter title type text")
    await con.close()
    assert set(load.count) <= {"rounds", "acknowledged", "replayed", "stored without an answer"}
    assert not process.stumbled(), process.complained()
