"""A worker that dies at a certain statement, as by kill -9: its connection ends, and it with it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from looplane.kit.database import Database
from tests.processes import come_about

_ARE_THERE = "select exists (select from pg_stat_activity where pid = any ($1::int[]))"


class KilledError(BaseException):
    """The process is gone."""


class _Mortal:
    """A connection that ends with a statement."""

    def __init__(self, con: Any, database: "MortalDatabase") -> None:
        self._con, self._database = con, database

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._con, name)
        return self._dying(found) if name in {"fetch", "fetchrow", "fetchval", "execute"} else found

    def _dying(self, run: Callable[..., Any]) -> Callable[..., Any]:
        async def ask(statement: str, *args: Any) -> Any:
            at, after = self._database.at
            if statement == at and not after:
                self._end()
            answer = await run(statement, *args)
            if statement == at:
                self._end()
            return answer

        return ask

    def _end(self) -> None:
        self._database.backends.append(self._con.get_server_pid())
        self._con.terminate()
        self._database.ended += 1
        raise ConnectionResetError


class MortalDatabase(Database):
    """A database whose connections end at a statement, before or `after` it has run."""

    def __init__(self, database: Database, statement: str, *, after: bool = True) -> None:
        self._database, self.at, self.ended = database, (statement, after), 0
        self.backends: list[int] = []
        self.pooling = database.pooling

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Any]:
        async with self._database.connected() as con:
            yield _Mortal(con, self)


class KillingDatabase(MortalDatabase):
    """One that takes the process with it."""

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Any]:
        try:
            async with super().reading() as con:
                yield con
        except (ConnectionResetError, asyncpg.InterfaceError):
            await self._let_go()
            raise KilledError from None

    async def _let_go(self) -> None:
        """What it held is free only once the server has seen that it is gone."""
        async with self._database.connected() as con:

            async def are_gone() -> bool:
                return not await con.fetchval(_ARE_THERE, self.backends)

            await come_about(are_gone)
