"""The API in several processes that take connections from one socket, for machines with cores.

Each is a new interpreter, so nothing of this process is in it by accident; it inherits the socket,
so no connection is lost while one of them is started again.
"""

import asyncio
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from socket import socket
from types import TracebackType
from typing import Self

import structlog

from looplane.errors import ApiProcessError
from looplane.kit.http_server import GRACE
from looplane.kit.metrics import SHARED_FOLDER, forget_process, share

READY = b"ready\n"
_log = structlog.get_logger("looplane.api")
_FIRST_PAUSE, _MAX_PAUSE = 0.1, 10.0  # seconds before one is started again
_STEADY = 10.0  # seconds that one has run when it is taken to be sound


class ApiProcesses:
    """So many API processes, ready inside of the context, ended with it or with this process."""

    def __init__(self, count: int, listener: socket, dsn: str) -> None:
        self._count, self._listener, self._dsn = count, listener, dsn
        self._running: set[Process] = set()
        self._figures = tempfile.TemporaryDirectory(prefix="looplane-figures-")
        # What happens by itself happens here, and whoever answers tells of it.
        share(self._figures.name)

    async def __aenter__(self) -> Self:
        try:
            starts = [asyncio.ensure_future(self._start()) for _ in range(self._count)]
            self._first = await asyncio.gather(*starts)
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self._stop()

    async def keep(self) -> None:
        """Starts again what ends, until cancelled; then ends them all."""
        try:
            async with asyncio.TaskGroup() as group:
                for process in self._first:
                    group.create_task(self._keep(process))
        finally:
            await self._stop()

    async def _keep(self, process: Process) -> None:
        pause, started = 0.0, time.monotonic()
        while True:
            await process.wait()
            self._running.discard(process)
            forget_process(process.pid, self._figures.name)
            steady = time.monotonic() - started > _STEADY
            pause = 0.0 if steady else min(max(pause * 2, _FIRST_PAUSE), _MAX_PAUSE)
            _log.warning("an API process ended", pid=process.pid, code=process.returncode)
            await asyncio.sleep(pause)
            process, started = await self._launch(), time.monotonic()

    async def _start(self) -> Process:
        process = await self._launch()
        assert process.stdout is not None, "asked for"
        if await process.stdout.readline() != READY:
            msg = "An API process ended at the start; the lines above say why."
            raise ApiProcessError(msg)
        return process

    async def _launch(self) -> Process:
        listener = self._listener.fileno()
        process = await asyncio.create_subprocess_exec(
            # Not what lies in the present folder, whatever its name is.
            *(sys.executable, "-P", "-m", "looplane.api_process", str(listener)),
            # It ends when this one does: nobody else holds the other end of its input.
            stdin=PIPE,
            stdout=PIPE,
            env={
                **os.environ,
                "LOOPLANE_DATABASE_URL": self._dsn,
                "LOOPLANE_PORT": str(self._listener.getsockname()[1]),
                SHARED_FOLDER: self._figures.name,
            },
            pass_fds=(listener,),
            start_new_session=True,  # Ctrl-C is for this one, which ends the others in order
        )
        self._running.add(process)
        return process

    async def _stop(self) -> None:
        self._listener.close()
        for process in self._running:
            with suppress(ProcessLookupError):
                process.terminate()
        ends = [asyncio.ensure_future(process.wait()) for process in self._running]
        if ends:
            _, late = await asyncio.wait(ends, timeout=GRACE + 2)
            for process in self._running if late else ():
                with suppress(ProcessLookupError):
                    process.kill()
            await asyncio.wait(ends)
        self._running.clear()
        self._figures.cleanup()
