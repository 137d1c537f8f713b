"""A database, somebody else on it, and rows to wait for."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from looplane.kit import database as module
from looplane.kit.database import (
    SESSION_SETTINGS,
    Database,
    connected,
)
from tests.database.waiting import LONG, SIZE, opened


@pytest.fixture(autouse=True)
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to succeed may take as long as it takes."""
    monkeypatch.setattr(module, "ACQUIRE_TIMEOUT", LONG)
    monkeypatch.setitem(SESSION_SETTINGS, "lock_timeout", f"{LONG:.0f}s")


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    return lambda seconds: monkeypatch.setattr(module, "ACQUIRE_TIMEOUT", seconds)


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    async with opened(dsn) as database:
        yield database


@pytest.fixture
async def other(dsn: str) -> AsyncIterator[Any]:
    """Somebody else's connection."""
    async with connected(dsn) as con:
        yield con


@pytest.fixture
async def rows(other: Any) -> AsyncIterator[list[UUID]]:
    """Rows of a table called `waited_for`, each a subject."""
    ids = [uuid4() for _ in range(SIZE)]
    await other.execute("create table waited_for (id uuid primary key, writes int not null)")
    await other.executemany("insert into waited_for values ($1, 0)", [[id] for id in ids])
    yield ids
    await other.execute("drop table waited_for")
