"""Cleaning apart from the event loop, with real processes, on both event loops that we know."""

import asyncio
import os
import re
import signal
import socket

import pytest

from looplane.kit import html_cleaner as module
from looplane.kit.errors import Unavailable
from looplane.kit.html import TangledError, clean
from looplane.kit.html_cleaner import HtmlCleaner
from tests.html_processes import (
    BOMB,
    HOSTILE,
    LARGE,
    PATIENCE,
    Run,
    of_process,
    open_files,
    opened,
    processes,
    run,
    waits,
    warmed,
)

__all__ = ["run"]


def test_both_ways_give_the_same(run: Run) -> None:
    async def main() -> None:
        async with opened() as cleaner:
            for html in ("", "x", "<p>ü<script>x</script>", "<pre>\n\nx", LARGE[:1000]):
                assert await cleaner.clean(html) == clean(html)
            assert processes() == set(), "none is started before there is need of one"
            for html in (LARGE, "\u00fc\U0001f44d" * 5000, "<p>x" * 101, "x" * 2001):
                assert await cleaner.clean(html) == clean(html)
            assert len(processes()) == 1, "one is enough for one at a time"

    run(main())


@pytest.mark.parametrize("html", ["x" * 2001, "<p>" * 101])
def test_what_is_long_or_has_many_tags_is_cleaned_apart(run: Run, html: str) -> None:
    async def main() -> None:
        async with opened() as cleaner:
            await cleaner.clean(html[:-3])
            assert processes() == set()
            assert await cleaner.clean(html) == clean(html)
            assert len(processes()) == 1

    run(main())


def test_what_cannot_be_cleaned_is_said(run: Run) -> None:
    async def main() -> None:
        async with opened() as cleaner:
            for html in ("<b>" * 5000, BOMB, HOSTILE):
                with pytest.raises(ValueError, match=r"^takes too long to clean: its tags"):
                    await cleaner.clean(html)
            for length in (10, 5000):
                with pytest.raises(ValueError, match="surrogates"):
                    await cleaner.clean("\ud83d" * length)
            assert await cleaner.clean(LARGE) == clean(LARGE)

    run(main())


def test_others_go_on_while_something_hostile_is_cleaned(run: Run) -> None:
    async def main() -> None:
        async with opened() as cleaner:
            await warmed(cleaner)
            task = asyncio.ensure_future(cleaner.clean(HOSTILE))
            ticks = cleaned = 0
            while not task.done():
                await asyncio.sleep(0.001)
                ticks += 1
                if ticks % 20 == 0:
                    assert await cleaner.clean(LARGE) == clean(LARGE)
                    cleaned += 1
            assert isinstance(task.exception(), TangledError)
            assert cleaned > 1, "the first one may have waited for it"

    run(main())


def test_those_who_wait_are_counted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_WAITING", 3)

    async def main() -> None:
        async with opened() as cleaner:
            pids = await warmed(cleaner, 2)
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            tasks = [asyncio.ensure_future(cleaner.clean(LARGE)) for _ in range(2 + 3)]
            assert await waits(tasks[-1])
            with pytest.raises(Unavailable) as refusal:
                await cleaner.clean(LARGE)
            assert refusal.value.headers["Retry-After"]
            assert await cleaner.clean("<p>short") == "<p>short</p>", "what is short never waits"
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
            assert await asyncio.gather(*tasks) == [clean(LARGE)] * 5

    run(main())


def test_nobody_waits_for_ever(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with opened(1) as cleaner:
            (pid,) = await warmed(cleaner)
            monkeypatch.setattr(module, "_PATIENCE", 0.2)
            os.kill(pid, signal.SIGSTOP)
            first = asyncio.ensure_future(cleaner.clean(LARGE))
            await asyncio.sleep(0)
            with pytest.raises(Unavailable):
                await cleaner.clean(LARGE)
            os.kill(pid, signal.SIGCONT)
            assert await first == clean(LARGE)

    run(main())


def test_closing_ends_those_at_work(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 2 * PATIENCE)  # who comes late is told at once

    async def main() -> None:
        cleaner = HtmlCleaner()
        await warmed(cleaner, 2)
        task = asyncio.ensure_future(cleaner.clean(HOSTILE))
        assert await waits(task)
        await cleaner.aclose()
        assert processes() == set()
        for late in (task, cleaner.clean(LARGE)):
            with pytest.raises(Unavailable):
                await late
        assert processes() == set()

    run(main())


def test_they_have_nothing_of_ours(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPLANE_DATABASE_URL", "postgresql://secret")

    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.set_inheritable(True)  # as one that a supervisor handed over
            async with opened() as cleaner:
                for pid in await warmed(cleaner, 2):
                    assert b"LOOPLANE" not in of_process(pid, "environ")
                    assert open_files(pid) == {"0", "1", "2"}
                    assert re.search(rb"Max address space +\d+ ", of_process(pid, "limits"))
                    pages = int(of_process(pid, "statm").split()[1])
                    assert pages * os.sysconf("SC_PAGE_SIZE") < 40_000_000

    run(main())
