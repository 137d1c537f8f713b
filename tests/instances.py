"""Several instances of the program on one database, as operators run them."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from looplane.kit.clock import Clock
from looplane.kit.config import Settings
from looplane.kit.database import open_database
from looplane.main import create_app

UNLIMITED = Settings(reads_per_minute=0, writes_per_minute=0)


@asynccontextmanager
async def instances(dsn: str, clock: Clock, count: int = 3) -> AsyncIterator[ASGIApp]:
    """As many that take turns: within one, writes to one thing wait for each other."""
    databases = [await open_database(dsn, 6) for _ in range(count)]
    turns = itertools.cycle([create_app(each, UNLIMITED, clock) for each in databases])

    async def take_turns(scope: Scope, receive: Receive, send: Send) -> None:
        await next(turns)(scope, receive, send)

    yield take_turns
    for each in databases:
        await each.pool.close()
