"""What becomes of cleaning when its processes, its callers or its parent end too early."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from looplane.kit import html_cleaner as module
from looplane.kit.errors import Unavailable
from looplane.kit.html import TangledError, clean
from looplane.kit.html_cleaner import HtmlCleaner
from tests.html_processes import (
    HOSTILE,
    LARGE,
    PATIENCE,
    Run,
    lives,
    opened,
    processes,
    run,
    waits,
    warmed,
)

__all__ = ["run"]


def test_one_that_overruns_is_gone_and_replaced(run: Run) -> None:
    async def main() -> None:
        async with opened(1) as cleaner:
            (first,) = await warmed(cleaner)
            with pytest.raises(TangledError):
                await cleaner.clean(HOSTILE)
            assert not lives(first)
            (second,) = await warmed(cleaner)
            assert second != first

    run(main())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_one_that_is_free_costs_nobody_anything(
    run: Run, number: signal.Signals
) -> None:
    async def main() -> None:
        async with opened() as cleaner:
            before = await warmed(cleaner, 2)
            for pid in before:
                os.kill(pid, number)
            await asyncio.gather(*(cleaner.clean(LARGE) for _ in range(4)))
            assert (processes() == before) == (number != signal.SIGKILL)

    run(main())


def test_one_that_is_killed_at_work_is_replaced(run: Run) -> None:
    async def main() -> None:
        async with opened(1) as cleaner:
            (pid,) = await warmed(cleaner)
            os.kill(pid, signal.SIGSTOP)  # so that it is at work when it is killed
            tasks = [asyncio.ensure_future(cleaner.clean(LARGE)) for _ in range(3)]
            assert await waits(tasks[0])
            os.kill(pid, signal.SIGKILL)
            assert await asyncio.gather(*tasks) == [clean(LARGE)] * 3

    run(main())


def test_who_is_killed_again_gives_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def killed(*_: object) -> bytes:
        for pid in processes():
            os.kill(pid, signal.SIGKILL)
        raise EOFError

    async def main() -> None:
        async with opened() as cleaner:
            with monkeypatch.context() as patch:
                patch.setattr(module._Process, "exchange", killed)  # noqa: SLF001
                with pytest.raises(Unavailable):
                    await cleaner.clean(LARGE)
            assert await cleaner.clean(LARGE) == clean(LARGE)

    run(main())


def test_one_that_never_answers_is_ended(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with opened(1) as cleaner:
            (pid,) = await warmed(cleaner)
            os.kill(pid, signal.SIGSTOP)
            with monkeypatch.context() as patch:
                patch.setattr(module, "_ANSWER_TIMEOUT", 1.0)
                with pytest.raises(Unavailable):
                    await cleaner.clean(LARGE)
            assert await cleaner.clean(LARGE) == clean(LARGE)
            assert pid not in processes()

    run(main())


def test_none_can_be_started(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with opened() as cleaner:
            with monkeypatch.context() as patch:
                patch.setattr(sys, "executable", "/no/such/program")
                for _ in range(3):
                    with pytest.raises(Unavailable):
                        await cleaner.clean(LARGE)
            assert await cleaner.clean(LARGE) == clean(LARGE)

    run(main())


def test_closing_waits_for_one_that_is_being_started(run: Run) -> None:
    async def main() -> None:
        for delay in [None, 0, 0, 0.001, 0.005, 0.02, 0.05]:
            cleaner = HtmlCleaner()
            tasks = [asyncio.ensure_future(cleaner.clean(LARGE)) for _ in range(4)]
            if delay is not None:
                await asyncio.sleep(delay)
            await cleaner.aclose()
            assert processes() == set()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            assert {type(each) for each in answers} <= {str, Unavailable}

    run(main())


def test_a_cancelled_caller_leaves_nothing_behind(run: Run) -> None:
    async def main() -> None:
        chance = random.Random(1)
        async with opened() as cleaner:
            for number in range(40):
                mine = f"<p>{number}</p>" * 1000
                task = asyncio.ensure_future(cleaner.clean(HOSTILE if number % 2 else LARGE))
                await asyncio.sleep(chance.choice([0, 0.001, 0.01, 0.05, 0.1]))
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
                assert await cleaner.clean(mine) == mine
                assert len(processes()) <= 2
                assert len(cleaner._children) <= 4, "those that have ended are forgotten"  # noqa: SLF001

    run(main())


PARENT = """
import asyncio, sys, uvloop
from looplane.kit.html_cleaner import HtmlCleaner
async def main():
    cleaner = HtmlCleaner()
    await asyncio.gather(*[cleaner.clean("<p>x" * 5000) for _ in range(2)])
    print(*(each.pid for each in cleaner._children), flush=True)
    await cleaner.clean("<dd><li>" * 20_000) if "busy" in sys.argv else await asyncio.sleep(600)
{}.run(main())
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_they_die_with_who_started_them(loop: str, state: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(loop), state],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.kill()
    end = time.monotonic() + PATIENCE
    while any(lives(pid) for pid in pids):
        assert time.monotonic() < end
        time.sleep(0.02)
