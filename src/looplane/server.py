"""Runs the API, the worker, or both in this process, until a signal ends it."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
import uvloop

from looplane.kit.clock import system_clock
from looplane.kit.config import Settings
from looplane.kit.database import Database, open_database
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.kit.migrate import watch
from looplane.main import MIGRATIONS, create_app
from looplane.runtime import hosted, prepare_tables
from looplane.worker import work

# What is told when all is there and connections are taken.
Greeting = Callable[[Database], Awaitable[None]]

_BACKLOG = 2048  # connections that may wait for us
# Seconds for the embedded server to come back: who ran it may be ending just when we join.
_HANDOVER = 30
_GRACE = 10  # seconds that requests under way get to finish
_KEEP_ALIVE = 65  # seconds; longer than what proxies in front keep theirs


@dataclass(frozen=True, slots=True)
class Parts:
    """What this process is to run, and whether it brings the database up to date first."""

    api: bool
    worker: bool
    migrates: bool = False


class PortTakenError(Exception):
    """Somebody else listens at the address."""


def run(settings: Settings, parts: Parts, greet: Greeting | None = None) -> None:
    """Runs `parts` until SIGINT or SIGTERM, which end also a start that is under way.

    Raises PortTakenError, ConfigError, EmbeddedError, MigrationError, and what
    `kit.database.is_unreachable` knows.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError),
        # The address first: a second start by mistake must not touch the database.
        _listening(settings, parts) as listener,
        hosted(settings) as (dsn, embedded),
    ):
        uvloop.run(_run(settings, parts, dsn, embedded, listener, greet))


@contextlib.contextmanager
def _listening(settings: Settings, parts: Parts) -> Iterator[socket.socket | None]:
    if not parts.api:
        yield None
        return
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
            # Now, not when all is ready: two may bind, and only one may listen.
            listener.listen(_BACKLOG)
        except OSError as error:
            msg = (
                f"Cannot listen at {settings.host}:{settings.port} ({error.strerror});"
                " stop what runs there, or set LOOPLANE_HOST and LOOPLANE_PORT."
            )
            raise PortTakenError(msg) from None
        yield listener


async def _run(  # noqa: PLR0913  # the parts it puts together
    settings: Settings,
    parts: Parts,
    dsn: str,
    embedded: EmbeddedPostgres | None,
    listener: socket.socket | None,
    greet: Greeting | None,
) -> None:
    _end_on_signals()
    _collect_seldom()

    async def serve() -> None:
        patience = _HANDOVER if embedded else 0
        found = await prepare_tables(dsn, MIGRATIONS, patience, migrates=parts.migrates)
        database = await open_database(dsn, settings.pool_size)
        try:
            app = create_app(database, settings)
            if greet is not None:
                await greet(database)
            await _together(
                _answer(app, listener) if listener else _wait(),
                watch(database, MIGRATIONS, found),
                *([work(database, settings, system_clock)] if parts.worker else []),
            )
        finally:
            database.pool.terminate()

    await _together(serve(), *([embedded.keep()] if embedded else []))


def _end_on_signals() -> None:
    main = asyncio.current_task()
    assert main is not None, "called from a task"
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, main.cancel)


async def _together(*parts: Coroutine[Any, Any, None]) -> None:
    """Runs until one of `parts` ends, then ends the others one by one, the first one first."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
            await asyncio.wait([task])


def _collect_seldom() -> None:
    """What was loaded stays, and a request leaves few cycles: looking for them less is enough."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class _Http(uvicorn.Server):
    """Leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _answer(app: object, listener: socket.socket) -> None:
    """Answers requests until cancelled, and then those that have begun."""
    http = _Http(_http_config(app))
    serving = asyncio.ensure_future(http.serve([listener]))
    try:
        await asyncio.shield(serving)
    finally:
        http.should_exit = True
        await serving


async def _wait() -> None:
    await asyncio.Event().wait()


def _http_config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application, by any of its names
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
    )
