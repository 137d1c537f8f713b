"""What happens by itself: periodic commands, each safe to run in several processes at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import asyncpg
import structlog

from looplane.kit import idempotency
from looplane.kit.clock import Clock
from looplane.kit.db import ACQUIRE_TIMEOUT, COLLISION, Connection, is_unreachable
from looplane.kit.writes import LIFETIME
from looplane.threads.commands import wake_due_threads

_log = structlog.get_logger("looplane.worker")
_TICK = 1.0  # seconds between two looks
_LONGEST_ROUND = 60.0  # longer, and the database is taken to be away
_LONGEST_PAUSE = 10.0

# One round of what is due at a moment; says how much was done.
Periodic = Callable[[Connection, datetime], Awaitable[int]]


async def work(pool: asyncpg.Pool, clock: Clock) -> None:
    """Runs what is due, every second, until cancelled; a database that is away is waited for."""
    # Apart from each other, so that what keeps failing slows down nothing else.
    await asyncio.gather(*(_repeat(pool, clock, command) for command in (_wake, _sweep)))


async def _repeat(pool: asyncpg.Pool, clock: Clock, command: Periodic) -> None:
    pause = _TICK
    while True:
        try:
            async with pool.acquire(timeout=ACQUIRE_TIMEOUT) as con:
                while await asyncio.wait_for(command(con, clock()), _LONGEST_ROUND):
                    pass
            pause = _TICK
        except COLLISION:
            pause = _TICK
        except Exception as error:  # noqa: BLE001  # what fails now may go well in a second
            if not is_unreachable(error):
                _log.exception("periodic work failed")
            pause = min(pause * 2, _LONGEST_PAUSE)
        await asyncio.sleep(pause)


async def _wake(con: Connection, now: datetime) -> int:
    woken = await wake_due_threads(con, now)
    if woken:
        _log.info("snoozes ended", threads=woken)
    return woken


async def _sweep(con: Connection, now: datetime) -> int:
    return await idempotency.delete_expired(con, now - LIFETIME)
