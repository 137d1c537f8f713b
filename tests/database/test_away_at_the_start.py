"""A program that starts while its own server comes back waits for it, and for no other one."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from looplane import server
from looplane.kit import pooler
from looplane.kit.config import Settings
from looplane.kit.embedded_pg.server import MAX_PAUSE
from looplane.kit.embedded_pg.socket_folder import leads_to

ELSEWHERE = "postgresql://looplane@db.example/looplane"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The databases that are opened: the first two times in vain."""
    asked: list[str] = []

    async def open_database(dsn: str, *_: object) -> Any:
        asked.append(dsn)
        if len(asked) < 3:
            raise (ConnectionRefusedError, asyncpg.CannotConnectNowError)[len(asked) - 1]
        return SimpleNamespace(pool=SimpleNamespace(terminate=lambda: None))

    monkeypatch.setattr(server, "open_database", open_database)
    return asked


async def test_our_own_server_is_waited_for(asked: list[str], tmp_path: Path) -> None:
    ours = f"postgresql://looplane@/looplane?host={tmp_path}/socket"
    assert leads_to(ours, tmp_path)
    async with server.opened_database(ours, Settings(data_dir=tmp_path)):
        assert asked == [ours] * 3
    # Who runs it may rest for as long before it is started again, and then it recovers.
    assert server.patience_of(ours, Settings(data_dir=tmp_path)) >= 2 * MAX_PAUSE


async def test_one_of_the_operators_own_is_not(asked: list[str], tmp_path: Path) -> None:
    with pytest.raises(ConnectionRefusedError):
        async with server.opened_database(ELSEWHERE, Settings(data_dir=tmp_path)):
            pass
    assert asked == [ELSEWHERE]


@pytest.mark.parametrize(
    "last_words", [asyncpg.ConnectionDoesNotExistError, asyncpg.CrashShutdownError]
)
async def test_a_server_that_dies_as_it_is_asked_is_no_pooler(
    last_words: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dying:
        def transaction(self) -> Any:
            msg = "the server went away"
            raise last_words(msg)

        async def close(self) -> None: ...

    async def connect(*_: object, **_named: object) -> Dying:
        return Dying()

    monkeypatch.setattr(asyncpg, "connect", connect)
    with pytest.raises(last_words):
        await pooler.find_pooling(ELSEWHERE, pooler.AUTO)
