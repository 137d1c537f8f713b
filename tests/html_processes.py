"""Processes that clean HTML, counted and killed as an operator would."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvloop

from looplane.kit.html import clean
from looplane.kit.html_cleaner import HtmlCleaner

Run = Callable[[Coroutine[Any, Any, None]], None]
LARGE = "<p onclick=x>some <b>text</b>, and a <a href='https://ok.example/'>link</a>.</p>" * 500
# Takes the parser minutes.
HOSTILE = "<dd><li>" * 100_000
# Gigabytes of copies of one long title.
BOMB = f"<p><b title='{'x' * 20_000}'></p>{'<p>x' * 200_000}"
PATIENCE = 60.0  # seconds until a test that waits gives up
_of_others: set[int] = set()


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a test on either of the event loops; processes that are there before do not count."""
    _of_others.clear()
    _of_others.update(processes())

    async def bounded(main: Coroutine[Any, Any, None]) -> None:
        async with asyncio.timeout(PATIENCE):
            await main

    def run_bounded(main: Coroutine[Any, Any, None]) -> None:
        request.param(bounded(main))

    return run_bounded


def lives(pid: int) -> bool:
    with suppress(OSError):
        return _stat(pid)[0] not in "ZX"
    return False


def processes() -> set[int]:
    """Ids of the cleaning processes of the present test that live."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = _stat(int(folder.name))[:2]
            ours = parent == str(os.getpid()) and state not in "ZX"
            if ours and b"html_process" in of_process(int(folder.name), "cmdline"):
                found.add(int(folder.name))
    return found - _of_others


def _stat(pid: int) -> list[str]:
    """State, parent, and the rest of what the system says of a process."""
    return of_process(pid, "stat").decode().rpartition(")")[2].split()


def of_process(pid: int, what: str) -> bytes:
    return Path(f"/proc/{pid}/{what}").read_bytes()


def open_files(pid: int) -> set[str]:
    """Numbers of the files and sockets that a process has open."""
    return {each.name for each in Path(f"/proc/{pid}/fd").iterdir()}


@asynccontextmanager
async def opened(count: int = 2) -> AsyncIterator[HtmlCleaner]:
    """A cleaner that leaves no process."""
    cleaner = HtmlCleaner(count)
    try:
        yield cleaner
    finally:
        await cleaner.aclose()
        assert processes() == set()


async def warmed(cleaner: HtmlCleaner, count: int = 1) -> set[int]:
    """Ids of `count` processes that have started and are free."""
    answers = await asyncio.gather(*(cleaner.clean(LARGE) for _ in range(count)))
    assert set(answers) == {clean(LARGE)}
    assert len(processes()) == count
    return processes()


async def waits(task: asyncio.Task[Any]) -> bool:
    """Whether `task` is still at it after the loop has had time for everything else."""
    await asyncio.wait([task], timeout=0.2)
    return not task.done()
