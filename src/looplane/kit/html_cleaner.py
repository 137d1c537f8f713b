"""Cleans HTML without holding up the event loop: what may take long, in processes of its own."""

import asyncio
import os
import socket
import subprocess
import sys
from dataclasses import dataclass

import structlog

from looplane.kit import html_process
from looplane.kit.errors import Unavailable
from looplane.kit.html import TangledError, clean
from looplane.kit.html_process import CLEANED, ENDED_BY_DOCUMENT, HTML, LENGTH_BYTES, MARKDOWN

# What is cleaned in place: a notification or a short reply. The worst that fits takes 4 ms.
_SHORT = 2000  # characters
_FEW = 100  # tags
_MAX_WAITING = 64
# Seconds to wait for a process, and for its answer. It ends by itself long before that, unless
# somebody stopped it or the machine is overloaded.
_PATIENCE = 5.0
_ANSWER_TIMEOUT = 10.0
# What a process needs of the environment. The secrets that are there it must not have.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME")

_log = structlog.get_logger("looplane.html")


class _EndedError(Exception):
    """A process ended, and not for the document that it had."""


@dataclass(frozen=True, slots=True)
class _Process:
    """One that runs `html_process`, and the socket that is its standard input and output."""

    child: subprocess.Popen[bytes]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def exchange(self, document: bytes) -> bytes:
        """The answer, without its length. Raises EOFError or ConnectionError if it ended."""
        self.writer.write(len(document).to_bytes(LENGTH_BYTES) + document)
        await self.writer.drain()
        head = await self.reader.readexactly(1 + LENGTH_BYTES)
        return head[:1] + await self.reader.readexactly(int.from_bytes(head[1:]))

    def kill(self) -> None:
        self.child.kill()
        self.writer.close()

    async def end(self) -> int:
        """How it ended, by itself or now."""
        self.kill()
        return await _ended(self.child)


class HtmlCleaner:
    """Cleans in place what is small, and else in one of `processes`, started when first needed."""

    def __init__(self, processes: int = 2) -> None:
        # The last one given back is the first one taken: no more start than are needed at once.
        self._free: asyncio.LifoQueue[_Process | None] = asyncio.LifoQueue()
        self._count = processes
        for _ in range(processes):
            self._free.put_nowait(None)
        self._children: set[subprocess.Popen[bytes]] = set()
        self._waiting = 0
        self._is_closed = False

    async def clean(self, html: str) -> str:
        """What is harmless in `html`, as `kit.html.clean` has it.

        Raises TangledError, ValueError, and Unavailable when too many wait or processes fail.
        """
        if len(html) <= _SHORT and html.count("<") <= _FEW:
            return clean(html)
        return await self._clean_elsewhere(HTML + html.encode())

    async def render(self, markdown: str) -> str:
        """The clean HTML that `markdown` means. Raises as `clean` does."""
        return await self._clean_elsewhere(MARKDOWN + markdown.encode())

    async def _clean_elsewhere(self, document: bytes) -> str:
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
        for child in self._children:
            child.kill()
        for _ in range(self._count):  # by then no caller has one, or is about to
            process = await self._free.get()
            if process is not None:
                process.kill()
        for child in self._children:
            await _ended(child)
        for _ in range(self._count):  # those who still wait learn that it is closed
            self._free.put_nowait(None)

    async def _take(self) -> _Process | None:
        if self._waiting >= _MAX_WAITING:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._free.get()
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1

    async def _ask_twice(self, process: _Process | None, document: bytes) -> tuple[_Process, bytes]:
        """The answer, and who gave it: another one if somebody ended `process`."""
        for _ in range(2):
            process = process or await self._start()
            try:
                return process, await _ask(process, document)
            except _EndedError:
                child, process = process.child, None
                _log.warning("an HTML process ended", pid=child.pid, code=child.returncode)
        raise _busy()

    async def _start(self) -> _Process:
        if self._is_closed:
            raise _busy()
        self._children = {each for each in self._children if each.poll() is None}
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                child = _spawn(theirs)
        except OSError as error:
            ours.close()
            _log.warning("an HTML process could not be started", reason=str(error))
            raise _busy() from None
        self._children.add(child)
        try:
            return _Process(child, *await asyncio.open_connection(sock=ours))
        except BaseException:
            child.kill()
            ours.close()
            raise


async def _ask(process: _Process, document: bytes) -> bytes:
    """The answer of `process`, which is ended if there is none or nobody waits for it."""
    try:
        async with asyncio.timeout(_ANSWER_TIMEOUT):
            return await process.exchange(document)
    except (EOFError, ConnectionError):
        if await process.end() in ENDED_BY_DOCUMENT:
            raise TangledError from None
        raise _EndedError from None
    except BaseException as error:
        process.kill()
        if isinstance(error, TimeoutError):
            raise _busy() from None
        raise


def _spawn(theirs: socket.socket) -> subprocess.Popen[bytes]:
    """As `asyncio` would, which leaves a process behind if it is cancelled meanwhile."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(  # noqa: S603  # our own module
        (sys.executable, "-P", "-m", html_process.__name__),
        stdin=theirs.fileno(),
        stdout=theirs.fileno(),
        stderr=subprocess.DEVNULL,  # it may tell of what is in a document
        env={**kept, "PYTHONPATH": path},
    )


async def _ended(child: subprocess.Popen[bytes]) -> int:
    """The exit code of a process that is about to end."""
    while (code := child.poll()) is None:  # noqa: ASYNC110  # nobody tells of it
        await asyncio.sleep(0.005)
    return code


def _busy() -> Unavailable:
    return Unavailable("Too much HTML is being cleaned now; try again.")
