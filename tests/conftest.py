"""One PostgreSQL for all tests, a workspace for each, and the contract over every reply."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.database import Database, connected as connected_to, open_database
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.kit.keys import SCOPES
from looplane.kit.migrate import migrate
from looplane.main import API_ROOT, create_app
from looplane.tables import MIGRATIONS
from looplane.workspaces.commands import create_workspace
from tests import contract
from tests.databases import make_steady
from tests.factory import Factory
from tests.one_connection import OneConnection
from tests.operations import World, populate, write_anew
from tests.processes import PATIENCE, Folder, folder
from tests.query_log import query_log
from tests.unlimited import UNLIMITED
from tests.witness import Stillness

pytest_plugins = ["tests.lanes"]
# Seconds after which a write of the two workspaces is made anew: it can be taken back for ten minutes.
_GOOD_FOR = 240


class SteppedClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        now = datetime.now(UTC)
        self.now = now.replace(microsecond=now.microsecond // 1000 * 1000)

    def step(self, span: timedelta) -> None:
        self.now += span

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Workspace:
    """A workspace with one ADMIN member and a key of theirs with all scopes."""

    id: UUID
    member_id: UUID
    key: str


@pytest.fixture(scope="session")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own, or the one in LOOPLANE_TEST_DATABASE_URL."""
    given = os.environ.get("LOOPLANE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder: Path = tmp_path_factory.mktemp("postgres")
    server = EmbeddedPostgres(folder, find_binaries(None))
    yield server.start()
    server.stop()


@pytest.fixture(scope="session")
async def database(dsn: str) -> AsyncIterator[Database]:
    async with connected_to(dsn) as con:
        await migrate(con, MIGRATIONS)
        await make_steady(con)
    database = await open_database(dsn, 10)
    yield database
    await database.pool.close()


@pytest.fixture(scope="session")
def migrated() -> Iterator[Path]:
    """The data of a server that has our tables, and nothing in them; it does not run."""
    with folder() as made:
        migration = made.start("migrate")
        assert migration.popen.wait(PATIENCE) == 0, migration.complained()
        yield made.data_dir


@pytest.fixture
def place(migrated: Path) -> Iterator[Folder]:
    """A folder for processes, with a database of its own that has its tables."""
    with folder(migrated) as opened:
        yield opened


@pytest.fixture(scope="session")
async def pool(database: Database) -> asyncpg.Pool:
    return database.pool


@pytest.fixture(scope="session")
def session_clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def clock(session_clock: SteppedClock) -> SteppedClock:
    session_clock.reset()
    return session_clock


@pytest.fixture(scope="session")
async def app(database: Database, session_clock: SteppedClock) -> AsyncIterator[ASGIApp]:
    app = create_app(database, UNLIMITED, session_clock)
    yield app
    await app.aclose()


@pytest.fixture
async def db(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """A connection to look behind the API."""
    async with pool.acquire() as con:
        yield con


@pytest.fixture
async def con(dsn: str, pool: asyncpg.Pool) -> AsyncIterator[Any]:  # its tables
    """A connection in a transaction that is rolled back."""
    async with connected_to(dsn) as con:
        transaction = con.transaction()
        await transaction.start()
        yield con
        await transaction.rollback()


def connected(
    app: ASGIApp, key: str | None, address: str = "127.0.0.1", **headers: str
) -> httpx.AsyncClient:
    """A client at an address, whose replies are all held against the contract."""
    authorization = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 123)),
        base_url=f"http://looplane.test{API_ROOT}",
        headers={**authorization, **headers},
        event_hooks={"response": [contract.check]},
    )


async def furnish(db: Any, name: str) -> Workspace:
    now = datetime.now(UTC)
    workspace_id = await create_workspace(db, name, now)
    member = await Factory.insert_member(db, workspace_id, role="ADMIN")
    key = await Factory.insert_key(db, workspace_id, SCOPES, member)
    return Workspace(workspace_id, UUID(member), key["key"])


@pytest.fixture
async def workspace(db: Any, clock: SteppedClock) -> AsyncIterator[Workspace]:
    made = await furnish(db, "Test")
    yield made
    await contract.check_events(db, made.id)


@pytest.fixture
async def client(app: ASGIApp, workspace: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    async with connected(app, workspace.key) as client:
        yield client


@pytest.fixture
async def make(client: httpx.AsyncClient, db: Any, workspace: Workspace) -> Factory:
    return Factory(client, db, workspace.id)


@pytest.fixture
async def other(db: Any) -> Workspace:
    """Another workspace."""
    return await furnish(db, "Other")


@pytest.fixture
async def stranger(app: ASGIApp, other: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of another workspace, with all scopes there."""
    async with connected(app, other.key) as client:
        yield client


@pytest.fixture
async def make_other(stranger: httpx.AsyncClient, db: Any, other: Workspace) -> Factory:
    return Factory(stranger, db, other.id)


@asynccontextmanager
async def inhabited(app: ASGIApp, pool: asyncpg.Pool, name: str) -> AsyncIterator[World]:
    """A workspace with one of each kind of thing."""
    async with pool.acquire() as db:
        workspace = await furnish(db, name)
        async with connected(app, workspace.key) as client:
            make = Factory(client, db, workspace.id)
            yield await populate(make, workspace.member_id)


@pytest.fixture(scope="session")
async def worlds(app: ASGIApp, pool: asyncpg.Pool) -> AsyncIterator[list[World]]:
    """Two workspaces for requests that are refused, so that nothing in them ever changes."""
    async with inhabited(app, pool, "Mine") as mine, inhabited(app, pool, "Theirs") as theirs:
        yield [mine, theirs]


@pytest.fixture(scope="session")
async def stillness(worlds: list[World]) -> Stillness:
    db = worlds[0].make.db
    # A look at each table is planned for longer than it takes.
    await db.execute("set plan_cache_mode = force_generic_plan")
    return Stillness(db, *[each.make.workspace_id for each in worlds])


@pytest.fixture(scope="session")
def worlds_written_at() -> list[float]:
    """When what can be taken back was last written in the two workspaces."""
    return [time.monotonic()]


@pytest.fixture
async def mine(
    worlds: list[World], worlds_written_at: list[float], stillness: Stillness
) -> AsyncIterator[World]:
    """The first of two workspaces that are full of things, and at the end as they were."""
    if time.monotonic() - worlds_written_at[0] > _GOOD_FOR:
        for each in worlds:
            await write_anew(each)
        worlds_written_at[0] = time.monotonic()
    await stillness.begin()
    yield worlds[0]
    await stillness.check()


@pytest.fixture
def theirs(worlds: list[World]) -> World:
    """The second of them."""
    return worlds[1]


@pytest.fixture(scope="session")
async def brief(
    dsn: str, database: Database, session_clock: SteppedClock
) -> AsyncIterator[tuple[OneConnection, ASGIApp]]:
    """An application on one connection."""
    async with connected_to(dsn) as con:
        one = OneConnection(con)
        app = create_app(one, UNLIMITED, session_clock)
        yield one, app
        await app.aclose()


@pytest.fixture
async def brief_app(brief: tuple[OneConnection, ASGIApp]) -> AsyncIterator[ASGIApp]:
    """An application of whose writes nothing stays, so that each test finds the same things."""
    database, app = brief
    transaction = database.con.transaction()
    await transaction.start()
    yield app
    await transaction.rollback()


@pytest.fixture
async def ours(
    brief: tuple[OneConnection, ASGIApp], brief_app: ASGIApp, mine: World, clock: SteppedClock
) -> AsyncIterator[World]:
    """The first of the two workspaces, to be written to: nothing of that stays either."""
    key = mine.client.headers["authorization"].removeprefix("Bearer ")
    con, workspace_id = brief[0].con, mine.make.workspace_id
    async with connected(brief_app, key) as client:
        yield World(client, Factory(client, con, workspace_id), dict(mine.ids))
    await contract.check_events(con, workspace_id)


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute of a limit ends meanwhile."""
    monkeypatch.setattr("looplane.kit.limits.time", SimpleNamespace(time=lambda: 6000.0))


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`with queries() as seen:` collects every statement sent, BEGIN and COMMIT among them."""
    return query_log(monkeypatch)
