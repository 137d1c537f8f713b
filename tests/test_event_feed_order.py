"""GET /events: nothing is skipped and nothing comes twice, whatever happens to the database."""

from collections.abc import AsyncIterator

import httpx
import pytest

from looplane.event_feed.schemas import Position
from looplane.event_feed.sql import latest
from looplane.event_partitions import rebase_positions
from looplane.kit.ids import new_id
from tests.conftest import furnish
from tests.followers import Follower, Place, own_place


@pytest.fixture
async def place(dsn: str) -> AsyncIterator[Place]:
    async with own_place(dsn) as place:
        yield place


@pytest.fixture
async def client(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    async with place.open() as client:
        yield client


async def test_a_slow_writer_is_not_jumped_over(place: Place, client: httpx.AsyncClient) -> None:
    slow, quick = await place.connect(), place.con
    one = Follower(client, limit=1)
    transaction = slow.transaction()
    await transaction.start()
    first = await place.write(slow)
    second = await place.write(quick)
    assert await one.go_on() == []
    beginner = Follower(client)
    assert await beginner.go_on() == [], "the first is still under way"
    third = await place.write(quick)
    late = await place.write(slow)
    assert await one.go_on() == []
    await transaction.commit()
    for follower in (one, beginner, Follower(client, limit=200)):
        assert await follower.go_on() == [first, late, second, third]
        assert await follower.go_on() == []


@pytest.mark.parametrize("asked", ["subject", "types", "latest"])
async def test_what_one_does_not_ask_for_is_waited_for_too(
    place: Place, client: httpx.AsyncClient, asked: str
) -> None:
    """One of another subject that commits late has the lower position."""
    slow, quick, subject = await place.connect(), place.con, new_id()
    before = await place.write(quick, subject)
    asking = {"subject": {"subject": str(subject)}, "types": {"types": "tag.*"}}
    follower = Follower(client, **asking.get(asked, {}))
    assert await follower.go_on() == [before]
    async with slow.transaction():
        late = await place.write(slow, subject)
        other = await place.write(quick)
        mine = await place.write(quick, subject)
        if asked == "latest":
            follower.after = "latest"
        assert await follower.go_on() == []
    everything = [late, mine] if asked == "subject" else [late, other, mine]
    assert await follower.go_on() == everything


async def test_one_that_is_rolled_back_holds_nobody_up(
    place: Place, client: httpx.AsyncClient
) -> None:
    failing, follower = await place.connect(), Follower(client)
    transaction = failing.transaction()
    await transaction.start()
    await place.write(failing)
    written = await place.write(place.con)
    assert await follower.go_on() == []
    await transaction.rollback()
    assert await follower.go_on() == [written]
    dying = await place.connect()
    await dying.execute("begin")
    await place.write(dying)
    after = await place.write(place.con)
    assert await follower.go_on() == []
    # Nobody is there any more to end it.
    pid = await dying.fetchval("select pg_backend_pid()")
    await place.con.execute("select pg_terminate_backend($1, 5000)", pid)
    assert await follower.go_on() == [after]


async def test_it_goes_on_after_a_restart(place: Place) -> None:
    async with place.open() as client:
        follower = Follower(client, limit=1)
        assert await follower.go_on() == []
        first = await place.write(place.con)
        assert await follower.go_on() == [first]
    written = [await place.write(place.con) for _ in range(3)]
    async with place.open() as client:
        follower.client = client
        assert await follower.go_on() == written


async def test_it_goes_on_where_the_rows_were_moved(
    place: Place, client: httpx.AsyncClient
) -> None:
    """The next server counts from a lower number, and those who had read all miss nothing."""
    half, idle = Follower(client), Follower(client)
    written = [await place.write(place.con) for _ in range(2)]
    assert await half.go_on() == written
    written = [await place.write(place.con) for _ in range(2)]
    # Much else went on there, of which there is no event.
    for _ in range(50):
        await place.con.execute("create temporary table t (); drop table t")
    await idle.go_on()
    await place.con.execute("update events set position = position + 1000000")
    for follower in (half, idle):
        assert follower.after
        read = Position.decode(follower.after)
        follower.after = Position(read.number + 1000000, read.id).encode()
    assert await rebase_positions(place.con)
    assert await idle.go_on() == []
    more = [await place.write(place.con) for _ in range(3)]
    assert await idle.go_on() == more
    assert await half.go_on() == written + more
    now = Follower(client)
    now.after = "latest"
    assert await now.go_on() == []
    last = await place.write(place.con)
    for follower in (now, idle, half):
        assert await follower.go_on() == [last]


async def test_other_workspaces(place: Place, client: httpx.AsyncClient) -> None:
    other = await furnish(place.con, "Other")
    follower = Follower(client)
    await place.write(place.con, workspace_id=other.id)
    mine = await place.write(place.con)
    await place.write(place.con, workspace_id=other.id)
    assert await follower.go_on() == [mine]
    # That of another workspace is no place in this one, and shows nothing of it.
    assert follower.after
    foreign = await latest(place.con, other.id)
    answer = await client.get("/events", params={"after": foreign.encode()})
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
