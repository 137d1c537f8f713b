"""GET /events: nothing is skipped and nothing comes twice, whatever happens to the database."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.event_feed.schemas import Position
from looplane.event_feed.sql import latest, list_after
from looplane.event_partitions import drop_partitions, rebase_positions
from looplane.kit.database import connected as connected_to, open_database
from looplane.kit.ids import new_id
from looplane.kit.migrate import migrate
from looplane.main import MIGRATIONS, create_app
from tests.conftest import Workspace, connected, furnish
from tests.databases import empty_database
from tests.factory import Factory
from tests.unlimited import UNLIMITED

_INSERT = """
insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, actor, created_at,
  data) values ($1, $2, $2, 'tag.updated', $3, $3,
  '{"type": "rule", "key_id": null, "member_id": null, "rule": "test"}', $4, '{}')"""


class Follower:
    """Goes on from where it stopped."""

    def __init__(self, client: httpx.AsyncClient, **asked: Any) -> None:
        self.client, self.asked = client, asked
        self.after: str | None = None

    async def go_on(self) -> list[UUID]:
        """The ids of what is new."""
        found: list[UUID] = []
        while True:
            after = {} if self.after is None else {"after": self.after}
            answer = await self.client.get("/events", params={**self.asked, **after})
            assert answer.is_success, answer.text
            self.after = answer.json()["page"]["cursor"]
            found += [UUID(each["id"].removeprefix("evt_")) for each in answer.json()["data"]]
            if not answer.json()["page"]["has_more"]:
                return found


class Place:
    """A database of its own, and a workspace in it."""

    def __init__(self, url: str, stack: AsyncExitStack, con: Any, workspace: Workspace) -> None:
        self.url, self.stack, self.con, self.workspace = url, stack, con, workspace

    async def connect(self) -> Any:
        return await self.stack.enter_async_context(connected_to(self.url))

    async def write(
        self, con: Any, subject: UUID | None = None, workspace_id: UUID | None = None
    ) -> UUID:
        """Writes an event, in the transaction that `con` is in."""
        return await self.insert(con, new_id(), subject or new_id(), workspace_id)

    async def insert(
        self, con: Any, id: UUID, subject: UUID, workspace_id: UUID | None = None
    ) -> UUID:
        at = datetime.now(UTC)
        await con.execute(_INSERT, workspace_id or self.workspace.id, id, subject, at)
        return id

    async def write_at(self, moment: datetime) -> UUID:
        """Writes an event whose id is of a moment."""
        return await self.insert(self.con, id_of(moment), new_id())

    @asynccontextmanager
    async def open(self) -> AsyncIterator[httpx.AsyncClient]:
        """The application, from its start to its end."""
        database = await open_database(self.url, 4)
        app = create_app(database, UNLIMITED)
        async with connected(app, self.workspace.key) as client:
            yield client
        await app.aclose()
        await database.pool.close()


def id_of(moment: datetime) -> UUID:
    """A new id, as if it had been made then."""
    head = int(moment.timestamp() * 1000).to_bytes(6, "big")
    return UUID(bytes=head + new_id().bytes[6:])


@pytest.fixture
async def place(dsn: str) -> AsyncIterator[Place]:
    async with empty_database(dsn) as url, AsyncExitStack() as stack:
        con = await stack.enter_async_context(connected_to(url))
        await migrate(con, MIGRATIONS)
        yield Place(url, stack, con, await furnish(con, "Followed"))


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
    # That of another workspace is a place all the same, and shows nothing of it.
    assert follower.after
    foreign = await latest(place.con, other.id)
    answer = await client.get("/events", params={"after": foreign.encode()})
    assert answer.json()["data"] == []


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
