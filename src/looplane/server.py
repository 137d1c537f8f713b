"""Runs the API, the worker, or both in this process, until a signal ends it."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import asyncpg
import uvicorn
import uvloop

from looplane.kit.clock import system_clock
from looplane.kit.config import Settings
from looplane.kit.db import connect, open_pool
from looplane.kit.migrate import migrate
from looplane.main import FUNCTIONS, create_app
from looplane.runtime import hosted
from looplane.worker import work

# What is told once everything answers; it gets an open pool.
Greeting = Callable[[asyncpg.Pool], Awaitable[None]]

_GRACE = 10  # seconds that requests under way get to finish
_KEEP_ALIVE = 65  # seconds; longer than what proxies in front keep theirs


@dataclass(frozen=True, slots=True)
class Parts:
    """What this process is to run."""

    api: bool
    worker: bool


class PortTakenError(Exception):
    """Somebody else listens at the address."""


def run(settings: Settings, parts: Parts, greet: Greeting | None = None) -> None:
    """Runs `parts` until SIGINT or SIGTERM. Raises PortTakenError, EmbeddedError, MigrationError."""
    # The address first: a second start by mistake must not touch the database.
    listener = _listen(settings) if parts.api else None
    with contextlib.closing(listener) if listener else contextlib.nullcontext():
        with hosted(settings) as (dsn, embedded):
            keep = embedded.keep() if embedded else None
            uvloop.run(_run(settings, parts, dsn, listener, keep, greet))


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        msg = (
            f"Cannot listen at {settings.host}:{settings.port} ({error.strerror});"
            " stop what runs there, or set LOOPLANE_HOST and LOOPLANE_PORT."
        )
        raise PortTakenError(msg) from None
    return listener


async def _run(  # noqa: PLR0913, PLR0917  # the parts it puts together
    settings: Settings,
    parts: Parts,
    dsn: str,
    listener: socket.socket | None,
    keep: Awaitable[None] | None,
    greet: Greeting | None,
) -> None:
    con = await connect(dsn)
    await migrate(con, FUNCTIONS)
    await con.close()
    pool = await open_pool(dsn, settings.pool_size)
    stop = _stop_signal()
    background = [asyncio.ensure_future(keep)] if keep else []
    if parts.worker:
        background.append(asyncio.ensure_future(work(pool, system_clock)))
    try:
        if listener is None:
            await stop.wait()
        else:
            await _answer(create_app(pool, settings), listener, stop, pool, greet)
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        pool.terminate()


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


class _Http(uvicorn.Server):
    """Leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _answer(
    app: object,
    listener: socket.socket,
    stop: asyncio.Event,
    pool: asyncpg.Pool,
    greet: Greeting | None,
) -> None:
    http = _Http(
        uvicorn.Config(
            app,  # type: ignore[arg-type]  # an ASGI application, by any of its names
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_GRACE,
        )
    )
    serving = asyncio.ensure_future(http.serve(sockets=[listener]))
    while not http.started and not serving.done():
        await asyncio.sleep(0.005)
    if greet is not None:
        await greet(pool)
    await asyncio.wait([serving, asyncio.ensure_future(stop.wait())], return_when="FIRST_COMPLETED")
    http.should_exit = True
    await serving
