"""What happens by itself: periodic commands, each safe to run in several processes at once."""

import asyncio
import asyncpg
import structlog

from looplane.kit import idempotency
from looplane.kit.clock import Clock
from looplane.kit.db import ACQUIRE_TIMEOUT, COLLISION, Connection, is_unreachable
from looplane.kit.writes import LIFETIME
from looplane.threads.commands import wake_due_threads

_log = structlog.get_logger("looplane.worker")
_TICK = 1.0  # seconds between two looks
_LONGEST_PAUSE = 30.0


async def work(pool: asyncpg.Pool, clock: Clock) -> None:
    """Runs what is due, every second, until cancelled; a database that is away is waited for."""
    pause = _TICK
    while True:
        try:
            async with pool.acquire(timeout=ACQUIRE_TIMEOUT) as con:
                while await run_due(con, clock):
                    pass
            pause = _TICK
        except COLLISION:
            pause = _TICK
        except Exception as error:
            if not is_unreachable(error):
                _log.exception("periodic work failed")
            pause = min(pause * 2, _LONGEST_PAUSE)
        await asyncio.sleep(pause)


async def run_due(con: Connection, clock: Clock) -> int:
    """One round of all that is due now; says how much was done."""
    woken = await wake_due_threads(con, clock())
    if woken:
        _log.info("snoozes ended", threads=woken)
    return woken + await idempotency.delete_expired(con, clock() - LIFETIME)


