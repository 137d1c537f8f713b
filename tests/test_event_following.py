"""Following events by one cursor, whatever is cut off: each event once, in order, and soon."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from looplane.event_feed.hints import commands as hints
from looplane.event_feed.tail import commands as tail
from looplane.kit.database import Database, connected as connected_to
from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.event_streams import Place, hosted, listeners, no_look_is_due
from tests.http_servers import PATIENCE
from tests.processes import come_about

NEVER = 3600.0


@pytest.fixture
async def place(database: Database, clock: SteppedClock) -> AsyncIterator[Place]:
    async with hosted(database, clock) as place:
        yield place


@pytest.fixture
async def here(place: Place, workspace: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    async with place.client(workspace.key) as client:
        yield client


async def tag(client: httpx.AsyncClient) -> str:
    answer = await client.post("/tags/groups", json={"name": str(new_id()), "color": "#123456"})
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


async def waited(client: httpx.AsyncClient, after: str, **query: Any) -> Any:
    answer = await client.get("/events", params={"after": after, "wait": 30, **query})
    assert answer.is_success, answer.text
    return answer.json()


async def test_a_page_waits_for_what_is_wanted(here: httpx.AsyncClient) -> None:
    start = (await here.get("/events", params={"after": "latest"})).json()["page"]["cursor"]
    asked = asyncio.create_task(waited(here, start, types="tag_group.updated"))
    group = await tag(here)
    await asyncio.sleep(0.1)
    assert not asked.done(), "what happened is not what is asked for"
    await here.patch(f"/tags/groups/{group}", json={"color": "#654321"})
    found = await asked
    assert [each["type"] for each in found["data"]] == ["tag_group.updated"]
    assert not found["page"]["has_more"]
    behind = await here.get("/events", params={"after": found["page"]["cursor"]})
    assert behind.json()["data"] == []
    # What is there already is answered at once, as the page has it.
    first = await waited(here, start, limit=1)
    assert first == (await here.get("/events", params={"after": start, "limit": 1})).json()
    assert first["page"]["has_more"]
    nothing = await here.get(
        "/events",
        params={"after": found["page"]["cursor"], "wait": 1, "types": "tag_group.deleted"},
    )
    assert nothing.json()["data"] == []


async def test_no_connection_is_held_by_who_waits(
    place: Place, here: httpx.AsyncClient, database: Database
) -> None:
    start = (await here.get("/events", params={"after": "latest"})).json()["page"]["cursor"]
    # Twice as many as there are connections.
    asked = [asyncio.create_task(waited(here, start)) for _ in range(20)]
    await come_about(lambda: place.app._api.state.places.taken == 20)  # noqa: SLF001
    group = await tag(here)
    for each in await asyncio.gather(*asked):
        assert [event["subject_id"] for event in each["data"]] == [group]


class Follower:
    """Reads on by its cursor, and is cut off again and again; what it has seen, in order."""

    def __init__(self, place: Place, key: str, start: str, chance: random.Random) -> None:
        self.place, self.key, self.chance = place, key, chance
        self.seen: list[str] = []
        self.cursor = start

    async def stream(self, count: int) -> None:
        """Follows streams, each cut off after some bytes: also within an event."""
        while len(self.seen) < count:
            async with self.place.listen(self.key, self.cursor) as listener:
                for _ in range(min(self.chance.randint(1, 6), count - len(self.seen))):
                    told = await listener.event()
                    self.seen.append(told.data["id"])
                    self.cursor = told.id

    async def poll(self, count: int) -> None:
        """Asks for pages; hangs up in the middle of some answers, and of some waits."""
        while len(self.seen) < count:
            await self._ask()

    async def _ask(self) -> None:
        target = f"/api/v2/events?after={self.cursor}&wait=30&limit=3"
        head = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", self.place.server.port)
        writer.write(f"{head}Authorization: Bearer {self.key}\r\n\r\n".encode())
        try:
            async with asyncio.timeout(self.chance.choice((0.005, 0.05, PATIENCE))):
                if self.chance.random() < 0.3:
                    await reader.read(self.chance.randint(1, 3000))
                    return
                answer = await reader.read()
        except TimeoutError:
            return
        finally:
            writer.transport.abort()
        page = json.loads(answer.partition(b"\r\n\r\n")[2])
        self.seen += [each["id"] for each in page["data"]]
        self.cursor = page["page"]["cursor"]


@pytest.mark.parametrize("seed", [1, 2])
async def test_who_is_cut_off_sees_each_event_once(
    place: Place, here: httpx.AsyncClient, workspace: Workspace, seed: int
) -> None:
    start = (await here.get("/events", params={"after": "latest"})).json()["page"]["cursor"]
    count, chance = 60, random.Random(seed)
    streaming, polling = (Follower(place, workspace.key, start, chance) for _ in range(2))

    async def write(writes: int) -> None:
        for _ in range(writes):
            await tag(here)
            await asyncio.sleep(chance.choice((0, 0, 0.003, 0.03)))

    async with asyncio.TaskGroup() as group:
        for each in (streaming.stream(count), polling.poll(count)):
            group.create_task(each)
        for _ in range(3):
            group.create_task(write(count // 3))
    pages = await here.get("/events", params={"after": start, "limit": 200})
    ids = [each["id"] for each in pages.json()["data"]]
    assert len(set(ids)) == count
    assert streaming.seen == ids
    assert polling.seen == ids


async def test_a_slow_writer_is_not_jumped_over(
    place: Place, here: httpx.AsyncClient, workspace: Workspace, dsn: str
) -> None:
    insert = """insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id,
      actor, created_at, data) select $1, $2, $2, 'tag_group.created', id, id,
      '{"type": "rule", "key_id": null, "member_id": null, "rule": "x"}', now(),
      (select data from events where workspace_id = $1 and subject_id = g.id limit 1)
      from tag_groups g where workspace_id = $1 limit 1"""
    await tag(here)
    slow_id = new_id()
    async with (
        place.listen(workspace.key, after="latest") as listener,
        connected_to(dsn) as slow,
    ):
        await listener.comment()
        transaction = slow.transaction()
        await transaction.start()
        await slow.execute(insert, workspace.id, slow_id)
        quick = [await tag(here) for _ in range(3)]
        waiting = asyncio.create_task(listener.events(4))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await transaction.commit()
        told = await waiting
    assert told[0].data["id"] == f"evt_{slow_id.hex}"
    assert [each.data["subject_id"] for each in told[1:]] == quick


async def _tell_nobody(*_: Any) -> None: ...


async def test_one_look_is_for_all_who_follow(
    place: Place,
    here: httpx.AsyncClient,
    workspace: Workspace,
    queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With 5 of them as with 50, and none at all where nobody follows."""
    monkeypatch.setattr(tail, "POLL", NEVER)
    # Whoever tells others of an event is in a transaction, which may hold back the next one: that
    # is looked for once more.
    monkeypatch.setattr(hints, "notify", _tell_nobody)
    counts = {}
    for followers in (5, 50):
        listeners = [place.listen(workspace.key, after="latest") for _ in range(followers)]
        for each in listeners:
            await each.__aenter__()
            await each.comment()
        await no_look_is_due(place.tail, workspace.id)
        with queries() as seen:
            for _ in range(3):
                group = await tag(here)
                told = await asyncio.gather(*(each.event() for each in listeners))
                assert {each.data["subject_id"] for each in told} == {group}
            await asyncio.sleep(0.1)
        counts[followers] = sum("is_held_back" in each for each in seen)
        for each in listeners:
            each.cut()
        await come_about(lambda: place.app._api.state.places.taken == 0)  # noqa: SLF001
    assert counts == {5: 3, 50: 3}
    with queries() as seen:
        await tag(here)
        await asyncio.sleep(0.1)
    assert not [each for each in seen if "is_held_back" in each]


async def test_what_is_held_back_is_looked_for_again_at_once(
    place: Place,
    here: httpx.AsyncClient,
    workspace: Workspace,
    dsn: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A hint came while another transaction was open, and none comes when it ends."""
    monkeypatch.setattr(tail, "POLL", NEVER)
    async with (
        place.listen(workspace.key, after="latest") as listener,
        connected_to(dsn) as other,
    ):
        await listener.comment()
        transaction = other.transaction()
        await transaction.start()
        await other.execute("select pg_current_xact_id()")
        group = await tag(here)
        waiting = asyncio.create_task(listener.event())
        await asyncio.sleep(0.05)
        await transaction.rollback()
        assert (await waiting).data["subject_id"] == group


async def test_two_places_hear_of_each_other(
    place: Place,
    here: httpx.AsyncClient,
    database: Database,
    clock: SteppedClock,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tail, "POLL", NEVER)
    async with hosted(database, clock) as other, other.listen(workspace.key, after="latest") as it:
        await it.comment()
        await come_about(lambda: listeners(database))
        ids = [await tag(here) for _ in range(5)]
        assert [each.data["subject_id"] for each in await it.events(5)] == ids


async def test_a_hint_that_is_lost_loses_no_event(
    place: Place,
    here: httpx.AsyncClient,
    database: Database,
    clock: SteppedClock,
    workspace: Workspace,
) -> None:
    async with hosted(database, clock) as other, other.listen(workspace.key, after="latest") as it:
        await it.comment()
        await come_about(lambda: listeners(database))
        for _ in range(3):
            for pid in await listeners(database):
                async with database.pool.acquire() as con:
                    await con.execute("select pg_terminate_backend($1)", pid)
            group = await tag(here)
            assert (await it.event()).data["subject_id"] == group
        # And it listens again.
        await come_about(lambda: listeners(database))


async def test_hints_are_told_together(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many writes there are; so many that nobody can name them are told as any."""
    told: list[set[str]] = []

    async def notify(_con: Any, names: Any) -> None:
        told.append(set(names))

    monkeypatch.setattr(hints, "notify", notify)
    teller = hints.Hints(database)
    keeping = asyncio.create_task(teller.keep())
    workspaces = [new_id() for _ in range(3)]
    for _ in range(100):
        for each in workspaces:
            teller.note(each)
    await come_about(lambda: told)
    for _ in range(300):
        teller.note(new_id())
    await come_about(lambda: len(told) > 1)
    keeping.cancel()
    await asyncio.wait([keeping])
    assert told == [{str(each) for each in workspaces}, {"*"}]
