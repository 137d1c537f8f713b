"""When a key was last used: noted at no cost, and written together."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.keys.sql import record_uses
from looplane.kit import key_uses
from looplane.kit.clock import iso
from looplane.kit.database import Database, open_database
from looplane.kit.errors import Unavailable
from looplane.kit.key_uses import KeyUses, Uses
from looplane.kit.principal import Principal
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.processes import come_about
from tests.unlimited import UNLIMITED

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def caller() -> Principal:
    return Principal(uuid4(), "program", key_id=uuid4())


async def test_requests_write_nothing_until_the_process_ends(
    database: Database,
    client: httpx.AsyncClient,
    make: Factory,
    clock: SteppedClock,
    queries: Callable[[], Any],
) -> None:
    made = await make.api_key()
    app = create_app(database, UNLIMITED, clock)
    async with connected(app, made["key"]) as other:
        await other.get("/me")
        with queries() as seen:
            for _ in range(3):
                clock.step(timedelta(seconds=1))
                await other.get("/me")
        assert len(seen) == 3
    path = f"/keys/{made['id']}"
    first = await client.get(path)
    assert first.json()["last_used_at"] is None
    await app.aclose()
    second = await client.get(path)
    assert second.json() == {**first.json(), "last_used_at": iso(clock())}
    assert second.headers["etag"].partition("-")[0] == first.headers["etag"].partition("-")[0]


async def test_all_keys_are_one_statement(
    database: Database,
    client: httpx.AsyncClient,
    make: Factory,
    workspace: Workspace,
    queries: Callable[[], Any],
) -> None:
    ids = [UUID((await make.api_key())["id"]) for _ in range(5)]
    gone = {(workspace.id, uuid4()): NOW, (uuid4(), ids[4]): NOW}
    with queries() as seen:
        await record_uses(database, {(workspace.id, id): NOW for id in ids[:4]} | gone)
    assert len(seen) == 1
    rows = {each["id"]: each for each in (await client.get("/keys")).json()["data"]}
    assert [rows[str(id)]["last_used_at"] for id in ids] == [*[iso(NOW)] * 4, None]


async def test_a_moment_is_never_moved_back(
    database: Database, make: Factory, workspace: Workspace, db: Any
) -> None:
    """Of two processes, the one that writes later may have seen the key earlier."""
    id = UUID((await make.api_key())["id"])
    for step in (0, -1, 1, -2):
        await record_uses(database, {(workspace.id, id): NOW + timedelta(hours=step)})
    last = await db.fetchval("select last_used_at from api_keys where id = $1", id)
    assert last == NOW + timedelta(hours=1)


async def test_two_processes_write_in_any_order(
    database: Database, dsn: str, make: Factory, workspace: Workspace, db: Any
) -> None:
    other = await open_database(dsn, 2)
    keys = [(workspace.id, UUID((await make.api_key())["id"])) for _ in range(20)]
    for round_ in range(10):
        moment = NOW + timedelta(hours=round_)
        await asyncio.gather(
            record_uses(database, dict.fromkeys(keys, moment)),
            record_uses(other, dict.fromkeys(keys[::-1], moment + timedelta(minutes=1))),
        )
        ids = [id for _, id in keys]
        last = "select distinct last_used_at from api_keys where id = any ($1)"
        assert [row[0] for row in await db.fetch(last, ids)] == [moment + timedelta(minutes=1)]
    await other.pool.close()


async def test_what_could_not_be_written_is_written_later() -> None:
    written: list[Uses] = []
    failures: list[BaseException] = [Unavailable(), KeyError("x")]

    async def write(uses: Uses) -> None:
        if failures:
            uses_kept.note(second)
            raise failures.pop(0)
        written.append(uses)

    uses_kept = KeyUses(lambda: NOW, write)
    first, second = caller(), caller()
    uses_kept.note(first)
    for _ in range(2):
        with pytest.raises((Unavailable, KeyError)):
            await uses_kept.flush()
    await uses_kept.flush()
    await uses_kept.flush()
    assert [{key for _, key in each} for each in written] == [{first.key_id, second.key_id}]


async def test_writing_goes_on_whatever_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_uses, "PAUSE", 0.001)
    rounds: list[Uses] = []

    async def write(uses: Uses) -> None:
        rounds.append(uses)
        if len(rounds) < 3:
            raise (Unavailable(), KeyError("x"))[len(rounds) - 1]

    kept = KeyUses(lambda: NOW, write)
    kept.note(caller())
    kept.note(Principal(uuid4(), "rule", rule="none"))
    keeping = asyncio.create_task(kept.keep())
    await come_about(lambda: len(rounds) == 3)
    keeping.cancel()
    assert [len(each) for each in rounds] == [1, 1, 1]


async def test_a_database_that_hangs_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(key_uses, "_LAST", 0.01)

    begun: list[Uses] = []

    async def write(uses: Uses) -> None:
        begun.append(uses)
        await asyncio.Event().wait()

    kept = KeyUses(lambda: NOW, write)
    kept.note(caller())
    async with asyncio.timeout(30):
        await kept.aclose()
    assert [len(uses) for uses in begun] == [1]


async def test_who_is_refused_used_nothing(
    app: ASGIApp, database: Database, client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    made = await make.api_key(allowed_ips=["10.0.0.1"])
    own = create_app(database, UNLIMITED, clock)
    async with connected(own, made["key"]) as other:
        assert (await other.get("/me")).json()["code"] == "forbidden"
    await own.aclose()
    assert (await client.get(f"/keys/{made['id']}")).json()["last_used_at"] is None
