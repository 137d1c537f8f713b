"""A database of which nothing stays: all that is asked of it goes through one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from looplane.kit.database import Database


class OneConnection(Database):
    """A database of one connection, in a transaction of which nothing stays."""

    def __init__(self, con: Any) -> None:
        self.con = con

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Any]:
        yield self.con

    @asynccontextmanager
    async def writing(self, _subject: UUID | None = None) -> AsyncIterator[Any]:
        yield self.con

    @asynccontextmanager
    async def writing_part(self, _subject: UUID) -> AsyncIterator[Any]:
        yield self.con

    @asynccontextmanager
    async def claiming(self) -> AsyncIterator[Any]:
        yield self.con
