"""GET /events: where events are no longer kept, and from month to month."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from looplane.event_feed.sql import latest, list_after
from looplane.event_partitions import drop_partitions
from looplane.kit.ids import new_id
from tests.conftest import furnish
from tests.factory import Factory
from tests.followers import Follower, Place, id_of, own_place
from tests.processes import come_about

BLOCKED = "select exists (select from pg_locks where not granted)"


@pytest.fixture
async def place(dsn: str) -> AsyncIterator[Place]:
    async with own_place(dsn) as place:
        yield place


@pytest.fixture
async def client(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    async with place.open() as client:
        yield client


async def _months(place: Place) -> tuple[datetime, UUID, UUID]:
    """An event of a month long ago, and one of today; the end of that month."""
    long_ago = datetime(2024, 3, 15, tzinfo=UTC)
    await place.con.execute("select make_events_partition($1)", long_ago.date().replace(day=1))
    old = await place.write_at(long_ago)
    return datetime(2024, 4, 1, tzinfo=UTC), old, await place.write(place.con)


@pytest.mark.parametrize("strayed", [False, True])
async def test_who_missed_what_is_no_longer_kept_is_told(
    place: Place, client: httpx.AsyncClient, strayed: bool
) -> None:
    nobody, reader, beginner = Follower(client), Follower(client), Follower(client)
    assert await nobody.go_on() == []
    if strayed:
        end = datetime(2024, 4, 1, tzinfo=UTC)
        old, today = await place.write_at(end - timedelta(days=1)), await place.write(place.con)
    else:
        end, old, today = await _months(place)
    one = Follower(client, limit=1)
    first = (await client.get("/events", params={"limit": 1})).json()["page"]["cursor"]
    assert await reader.go_on() == [old, today]
    assert await drop_partitions(place.con, end) > 0
    missed = await client.get("/events", params={"after": nobody.after})
    assert (missed.status_code, missed.json()["code"]) == (422, "unprocessable")
    assert "no longer kept" in missed.json()["message"]
    assert "`after`" in missed.json()["message"]
    for kept in (reader, beginner, one):
        expected = [] if kept is reader else [today]
        assert await kept.go_on() == expected
    # Who had read the last one of those that are gone has missed none.
    reader.after = first
    assert await reader.go_on() == [today]
    last = await place.write(place.con)
    assert await reader.go_on() == [last]
    await drop_partitions(place.con, end)
    assert await one.go_on() == [last]


async def test_an_idle_follower_does_not_grow_old(place: Place, client: httpx.AsyncClient) -> None:
    end, old, today = await _months(place)
    follower, of_one = Follower(client), Follower(client, subject=str(new_id()))
    await place.con.execute("delete from events where id = $1", today)
    assert await follower.go_on() == [old]
    assert await of_one.go_on() == []
    await drop_partitions(place.con, end)
    # Nothing is left at all.
    assert await follower.go_on() == await of_one.go_on() == await Follower(client).go_on() == []
    place_of_now = await latest(place.con, place.workspace.id)
    assert follower.after == of_one.after == place_of_now.encode()
    new = await place.write(place.con)
    assert await follower.go_on() == [new]


async def test_other_workspaces_lose_events_for_themselves(
    place: Place, client: httpx.AsyncClient
) -> None:
    follower, other = Follower(client), await furnish(place.con, "Other")
    mine = await place.write(place.con)
    assert await follower.go_on() == [mine]
    long_ago = datetime(2024, 3, 15, tzinfo=UTC)
    await place.insert(place.con, id_of(long_ago), new_id(), other.id)
    await drop_partitions(place.con, datetime(2024, 4, 1, tzinfo=UTC))
    assert await follower.go_on() == []
    lost = await place.con.fetch("select id from workspaces where dropped_position > 0")
    assert [row["id"] for row in lost] == [other.id]


async def test_what_is_dropped_and_what_is_told_are_one(place: Place) -> None:
    """Whoever drops and fails half-way has dropped nothing, and told nothing."""
    end, _, _ = await _months(place)
    transaction = place.con.transaction()
    await transaction.start()
    await drop_partitions(place.con, end)
    assert await place.con.fetchval("select max(dropped_position) from workspaces") > 0
    await transaction.rollback()
    assert await place.con.fetchval("select max(dropped_position) from workspaces") == 0
    assert len((await list_after(place.con, place.workspace.id, None, 10)).events) == 2


async def test_a_second_that_drops_finds_nothing_left(place: Place) -> None:
    end, _, _ = await _months(place)
    other = await place.connect()
    async with other.transaction():
        assert await drop_partitions(other, end) > 0
        await place.con.execute("set lock_timeout = '50ms'")
        with pytest.raises(Exception, match="lock timeout"):
            await drop_partitions(place.con, end)
    assert await drop_partitions(place.con, end) == 0


async def test_the_months_of_a_history_are_one(place: Place, client: httpx.AsyncClient) -> None:
    """In the order of positions, whatever month an id is of; data is found through its carrier."""
    subject = UUID((await Factory(client, place.con, place.workspace.id).thread())["id"])
    _, old, _ = await _months(place)
    await place.con.execute("update events set aggregate_id = $1 where id = $2", subject, old)
    new = await place.write(place.con, subject)
    follower = Follower(client, subject=str(subject), limit=1)
    found = await follower.go_on()
    assert found[-2:] == [old, new]
    answer = await client.get(f"/threads/{subject}/events", params={"types": "thread.*"})
    assert [each["type"] for each in answer.json()["data"]] == ["thread.created"]
    needed = await client.get(f"/threads/{subject}/events")
    ids = [each["id"].removeprefix("evt_") for each in needed.json()["data"]]
    assert ids[:2] == [new.hex, old.hex]


async def test_what_is_written_late_to_a_month_that_goes_is_told_to_be_gone(place: Place) -> None:
    end, _, today = await _months(place)
    async with place.open() as client:
        follower = Follower(client)
        await follower.go_on()
        slow = await place.connect()
        async with slow.transaction():
            await place.insert(slow, id_of(end - timedelta(days=1)), new_id())
            dropping = asyncio.create_task(drop_partitions(place.con, end))
            await come_about(lambda: slow.fetchval(BLOCKED))
        assert await dropping == 1
        missed = await client.get("/events", params={"after": follower.after})
        assert missed.status_code == 422
        assert await Follower(client).go_on() == [today]


@pytest.mark.parametrize("wait", [0, 1])
async def test_a_place_of_what_was_lost_is_none(place: Place, wait: int) -> None:
    """An older state was restored, and the server has counted on since."""
    async with place.open() as client:
        await place.write(place.con)
        follower = Follower(client)
        lost = await place.write(place.con)
        await follower.go_on()
        await place.con.execute("delete from events where id = $1", lost)
        await place.write(place.con)
        await place.con.execute("create temporary table t ()")
        query = {"after": follower.after, "wait": wait}
        assert (await client.get("/events", params=query)).status_code == 422
