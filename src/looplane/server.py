"""Runs the API, the worker, or both, until a signal ends it."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import uvloop

from looplane.api_processes import ApiProcesses
from looplane.errors import PortTakenError
from looplane.health_site import health_app
from looplane.kit.clock import system_clock
from looplane.kit.config import ConfigError, Settings
from looplane.kit.database import Database, open_database
from looplane.kit.embedded_pg.server import MAX_PAUSE, EmbeddedPostgres
from looplane.kit.embedded_pg.socket_folder import leads_to
from looplane.kit.http_server import BACKLOG, serve_http
from looplane.kit.migrate import watch
from looplane.kit.room import Room
from looplane.main import create_app
from looplane.runtime import hosted, once_reachable, prepare_tables
from looplane.tables import MIGRATIONS
from looplane.worker import work

# Called once, when all is there and connections are taken, to say so; with the port that it is.
Greeting = Callable[[Settings, Database], Awaitable[None]]

# Seconds for the embedded server to come back: who ran it may be ending just when we join, and who
# starts it may wait for MAX_PAUSE before that.
HANDOVER = 4 * MAX_PAUSE
# Connections of the embedded server that are not for API processes.
_MAX_EMBEDDED = 90


@dataclass(frozen=True, slots=True)
class Parts:
    """What is to run; the API in this process, or in so many others.

    Where it `migrates` it brings the database up to date first; elsewhere it only sees that it is.
    """

    api: bool
    worker: bool
    api_processes: int = 1
    migrates: bool = False


def run(
    settings: Settings, parts: Parts, greet: Greeting | None, tell: Callable[[str], None]
) -> None:
    """Runs `parts` until SIGINT or SIGTERM, which end also a start that is under way.

    Calls `tell` with a line before it makes a database. Raises PortTakenError, ConfigError,
    EmbeddedError, MigrationError, ApiProcessError, and what `kit.database.is_unreachable` knows.
    """
    _refuse_too_many(settings, parts)
    with (
        ended_by_signals(),
        # The address first: a second start by mistake must not touch the database.
        _listening(settings, parts) as listener,
        hosted(settings, creates=parts.migrates, tell=tell) as (dsn, embedded),
    ):
        if listener is not None:
            # What was asked for may be any that is free.
            port = listener.getsockname()[1]
            settings = replace(settings, **{"port" if parts.api else "worker_port": port})
        uvloop.run(_run(settings, parts, dsn, embedded, listener, greet))


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGINT and SIGTERM end what is inside, from the start on, and are no error."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        yield


def cancel_on_signals() -> asyncio.Task[Any]:
    """From now on the signals cancel the present task, which is returned."""
    main = asyncio.current_task()
    assert main is not None, "called from a task"
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, main.cancel)
    return main


def patience_of(dsn: str, settings: Settings) -> float:
    """For how many seconds a start waits for a database that is away: our own comes back."""
    return HANDOVER if leads_to(dsn, settings.data_dir) else 0


@contextlib.asynccontextmanager
async def opened_database(
    dsn: str, settings: Settings, name: str = "api"
) -> AsyncIterator[Database]:
    """The database with this process's pool, which ends at once when this does.

    Its figures are under `name`.
    """
    how = (settings.pool_size, settings.database_pooling, name)
    database = await once_reachable(partial(open_database, dsn, *how), patience_of(dsn, settings))
    if leads_to(dsn, settings.data_dir):
        database.room = Room(settings.data_dir)
    try:
        yield database
    finally:
        database.pool.terminate()


async def answer(database: Database, settings: Settings, listener: socket.socket) -> None:
    """Answers requests in this process until cancelled, and then those that have begun."""
    app = create_app(database, settings)
    try:
        serving = serve_http(
            app, listener, trusted_proxies=settings.trusted_proxies, ending=app.end_streams
        )
        await _together(serving, app.keep())
    finally:
        await app.aclose()


def collect_seldom() -> None:
    """What was loaded stays, and a request leaves few cycles: looking for them less is enough."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _pool_of(parts: Parts) -> str:
    """What the figures call the pool of this process, by whether it answers requests itself."""
    return "api" if parts.api and parts.api_processes == 1 else "worker"


def _refuse_too_many(settings: Settings, parts: Parts) -> None:
    most = parts.api_processes * settings.pool_size
    if parts.api_processes > 1 and settings.database_url is None and most > _MAX_EMBEDDED:
        msg = (
            f"{parts.api_processes} processes with {settings.pool_size} connections each are more"
            f" than the embedded database takes ({_MAX_EMBEDDED}); set a smaller"
            " LOOPLANE_POOL_SIZE, or a LOOPLANE_DATABASE_URL."
        )
        raise ConfigError(msg)


@contextlib.contextmanager
def _listening(settings: Settings, parts: Parts) -> Iterator[socket.socket | None]:
    port = settings.port if parts.api else settings.worker_port
    if port is None:
        yield None
        return
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, port))
            # Now, not when all is ready: two may bind, and only one may listen.
            listener.listen(BACKLOG)
        except OSError as error:
            msg = (
                f"Cannot listen at {settings.host}:{port} ({error.strerror});"
                f" stop what runs there, or set {_settings_of(parts)}."
            )
            raise PortTakenError(msg) from None
        yield listener


def _settings_of(parts: Parts) -> str:
    if parts.api:
        return "LOOPLANE_HOST and LOOPLANE_PORT"
    return "LOOPLANE_WORKER_PORT, to another port or to off"


async def _run(  # noqa: PLR0913  # the parts it puts together
    settings: Settings,
    parts: Parts,
    dsn: str,
    embedded: EmbeddedPostgres | None,
    listener: socket.socket | None,
    greet: Greeting | None,
) -> None:
    cancel_on_signals()
    collect_seldom()

    async def serve() -> None:
        patience = patience_of(dsn, settings)
        found = await prepare_tables(dsn, settings, MIGRATIONS, patience, migrates=parts.migrates)
        async with (
            opened_database(dsn, settings, _pool_of(parts)) as database,
            _api(settings, parts, dsn, listener, database) as answering,
        ):
            if greet is not None:
                await greet(settings, database)
            background = [work(database, settings, system_clock)] if parts.worker else []
            await _together(answering(), watch(database, MIGRATIONS, found), *background)

    await _together(serve(), *([embedded.keep()] if embedded else []))


@contextlib.asynccontextmanager
async def _api(
    settings: Settings,
    parts: Parts,
    dsn: str,
    listener: socket.socket | None,
    database: Database,
) -> AsyncIterator[Callable[[], Coroutine[Any, Any, None]]]:
    """What answers until it is cancelled: this process, others that are ready by now, or nobody.

    Where there is no API, it is how this process is that is answered.
    """
    if listener is None:
        yield _wait
    elif not parts.api:
        yield lambda: serve_http(health_app(database, MIGRATIONS), listener)
    elif parts.api_processes == 1:
        yield lambda: answer(database, settings, listener)
    else:
        async with ApiProcesses(parts.api_processes, listener, dsn) as processes:
            yield processes.keep


async def _wait() -> None:
    await asyncio.Event().wait()


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
