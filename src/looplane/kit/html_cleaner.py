"""Cleans HTML without holding up the event loop: what may take long, in processes of its own."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

import structlog

from looplane.kit import html_process
from looplane.kit.errors import Unavailable
from looplane.kit.html import TangledError, clean
from looplane.kit.html_process import CLEANED, ENDED_BY_DOCUMENT, LENGTH_BYTES

# What is cleaned in place: a notification or a short reply. The worst that fits takes 4 ms.
_SHORT = 2000  # characters
_FEW = 100  # tags
_MOST_WAITING = 64
# Seconds to wait for a process, and for its answer. It ends by itself long before that, unless
# somebody stopped it or the machine is overloaded.
_PATIENCE = 5.0
_LONGEST_ANSWER = 10.0
# What a process needs of the environment. The secrets that are there it must not have.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME")

_log = structlog.get_logger(__name__)


class _EndedError(Exception):
    """A process ended, and not for the document that it had."""


class HtmlCleaner:
    """Cleans in place what is small, and else in one of `processes`, started when first needed."""

    def __init__(self, processes: int = 2) -> None:
        # The last one given back is the first one taken: no more start than are needed at once.
        self._free: asyncio.LifoQueue[Process | None] = asyncio.LifoQueue()
        self._count = processes
        for _ in range(processes):
            self._free.put_nowait(None)
        self._processes: set[Process] = set()
        self._waiting = 0
        self._is_closed = False

    async def clean(self, html: str) -> str:
        """What is harmless in `html`, as `kit.html.clean` has it.

        Raises TangledError, ValueError, and Unavailable when too many wait or processes fail.
        """
        if len(html) <= _SHORT and html.count("<") <= _FEW:
            return clean(html)
        document = html.encode()
        process, good = await self._take(), None
        try:
            good, answer = await self._ask_twice(process, document)
        finally:
            self._free.put_nowait(good)
        if answer[:1] == CLEANED:
            return answer[1:].decode()
        raise ValueError(answer[1:].decode())

    async def aclose(self) -> None:
        """Ends the processes, whatever they are at."""
        self._is_closed = True
        for process in self._processes:
            _kill(process)
        # By then no caller has one, or is about to.
        free = [await self._free.get() for _ in range(self._count)]
        for process in tuple(self._processes):
            await self._end(process)
        for _ in free:  # for those who wait, to be told
            self._free.put_nowait(None)

    async def _take(self) -> Process | None:
        if self._waiting >= _MOST_WAITING:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._free.get()
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1

    async def _ask_twice(self, process: Process | None, document: bytes) -> tuple[Process, bytes]:
        """The answer, and who gave it: another one if somebody ended `process`."""
        for _ in range(2):
            process = process or await self._start()
            try:
                return process, await self._ask(process, document)
            except _EndedError:
                _log.warning("html_process_ended", pid=process.pid, code=process.returncode)
                process = None
        raise _busy()

    async def _ask(self, process: Process, document: bytes) -> bytes:
        """The answer of `process`, which is ended if there is none or nobody waits for it."""
        try:
            async with asyncio.timeout(_LONGEST_ANSWER):
                return await _exchange(process, document)
        except (EOFError, ConnectionError):
            if await self._end(process) in ENDED_BY_DOCUMENT:
                raise TangledError from None
            raise _EndedError from None
        except BaseException as error:
            _kill(process)
            if isinstance(error, TimeoutError):
                raise _busy() from None
            raise

    async def _start(self) -> Process:
        if self._is_closed:
            raise _busy()
        self._processes -= {each for each in self._processes if each.returncode is not None}
        kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        path = os.pathsep.join(filter(None, sys.path))
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", html_process.__name__),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,  # it may tell of what is in a document
                env={**kept, "PYTHONPATH": path},
            )
        except OSError as error:
            _log.warning("html_process_not_started", reason=str(error))
            raise _busy() from None
        self._processes.add(process)
        if self._is_closed:  # meanwhile
            _kill(process)
        return process

    async def _end(self, process: Process) -> int:
        """How it ended, by itself or now."""
        _kill(process)
        code = await process.wait()
        self._processes.discard(process)
        return code


async def _exchange(process: Process, document: bytes) -> bytes:
    assert process.stdin is not None, "a pipe"
    assert process.stdout is not None, "a pipe"
    process.stdin.write(len(document).to_bytes(LENGTH_BYTES) + document)
    await process.stdin.drain()
    head = await process.stdout.readexactly(1 + LENGTH_BYTES)
    return head[:1] + await process.stdout.readexactly(int.from_bytes(head[1:]))


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()


def _busy() -> Unavailable:
    return Unavailable("Too much HTML is being cleaned now; try again.")
