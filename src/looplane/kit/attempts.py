"""How often a write is tried, and how one is made only in thought."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from looplane.kit.database import COLLISION, Connection
from looplane.kit.errors import Conflict

_TRIES = 5

Outcome = TypeVar("Outcome")


async def again_on_collision(attempt: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """What `attempt` answers, made again when another write got in between.

    Raises Conflict where collisions do not end.
    """
    for _ in range(_TRIES):
        try:
            return await attempt()
        except COLLISION:
            continue
    msg = "Other writes to the same things kept getting in between; try again."
    raise Conflict(msg, headers={"Retry-After": "1"})


async def rolled_back(con: Connection, act: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """What `act` answers on `con`, after which nothing of it is there."""
    transaction = con.transaction()
    await transaction.start()
    try:
        return await act()
    finally:
        await transaction.rollback()
