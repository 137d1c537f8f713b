"""Every statement that goes to the database, as it is sent."""

import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from looplane.kit import authentication

# What the driver asks a connection at its first meeting with a type: a pool makes new ones now and then.
_OF_THE_DRIVER = ("typeinfo_tree", "current_setting('jit')")


class _Logged:
    """What `Pool.acquire` gives, to be awaited or entered: its connection logs every statement."""

    def __init__(self, context: Any, log: Callable[[Any], None]) -> None:
        self.context, self.log = context, log

    def __await__(self) -> Generator[Any, None, Any]:
        return self._begin(self.context).__await__()

    async def __aenter__(self) -> Any:
        self.con = await self._begin(self.context.__aenter__())
        return self.con

    async def __aexit__(self, *error: object) -> None:
        self.con.remove_query_logger(self.log)
        await self.context.__aexit__(*error)

    async def _begin(self, acquiring: Awaitable[Any]) -> Any:
        con = await acquiring
        con.add_query_logger(self.log)
        return con


def query_log(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], AbstractContextManager[list[str]]]:
    """What collects the statements of a pool's connections while it is entered.

    Who has called is known until the test ends: the second for which that holds would be over
    between two requests now and then, and the next one cost a statement more.
    """
    now = time.monotonic()
    still = SimpleNamespace(monotonic=lambda: now, time=time.time)
    monkeypatch.setattr(authentication, "time", still)
    logs: list[list[str]] = []
    acquire, release = asyncpg.Pool.acquire, asyncpg.Pool.release

    def log(record: Any) -> None:
        if any(each in record.query for each in _OF_THE_DRIVER):
            return
        for each in logs:
            each.append(record.query)

    async def release_quietly(pool: asyncpg.Pool, con: Any, **options: Any) -> None:
        con.remove_query_logger(log)
        await release(pool, con, **options)

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []
        logs.append(seen)
        with monkeypatch.context() as patch:
            patch.setattr(
                asyncpg.Pool,
                "acquire",
                lambda pool, **options: _Logged(acquire(pool, **options), log),
            )
            patch.setattr(asyncpg.Pool, "release", release_quietly)
            yield seen
        logs.remove(seen)

    return collect
