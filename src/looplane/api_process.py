"""One of several API processes: `python -m looplane.api_process DESCRIPTOR`, of a socket.

Started by `looplane.api_processes` only. That has seen to the tables, but this may be a newer
program: an upgrade exchanges the files under one that runs.
"""

import asyncio
import sys
from socket import socket

import uvloop

from looplane.api_processes import READY
from looplane.cli.failures import explain
from looplane.cli.output import fail
from looplane.kit.config import Settings, read_settings
from looplane.kit.logs import set_up_logs
from looplane.kit.tracing import set_up_tracing
from looplane.runtime import prepare_tables
from looplane.server import (
    answer,
    cancel_on_signals,
    collect_seldom,
    ended_by_signals,
    opened_database,
    patience_of,
)
from looplane.tables import MIGRATIONS


def main() -> int:
    """Runs until a signal, or until the process is gone that started this one; its exit code."""
    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format)
    set_up_tracing()
    try:
        with ended_by_signals(), socket(fileno=int(sys.argv[1])) as listener:
            uvloop.run(_run(settings, listener))
    except Exception as error:
        if (reason := explain(error)) is None:
            raise
        fail(reason)
        return 1
    return 0


async def _run(settings: Settings, listener: socket) -> None:
    main_task = cancel_on_signals()
    # Nothing is ever written there: what can be read is the end.
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), main_task.cancel)
    collect_seldom()
    assert settings.database_url is not None, "given by who started this"
    dsn = settings.database_url
    patience = patience_of(dsn, settings)
    await prepare_tables(dsn, settings, MIGRATIONS, patience, migrates=False)
    async with opened_database(dsn, settings) as database:
        sys.stdout.buffer.write(READY)
        sys.stdout.flush()
        await answer(database, settings, listener)


if __name__ == "__main__":
    sys.exit(main())
