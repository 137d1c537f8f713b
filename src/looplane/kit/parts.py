"""Writes in parts: many things in one request, each in a transaction of its own.

What becomes of one part is no matter of the others. All parts have the write id of the request.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from looplane.kit.attempts import again_on_collision, rolled_back
from looplane.kit.database import Connection, Database
from looplane.kit.errors import ApiError, Unavailable
from looplane.kit.failures import explained
from looplane.kit.responses import Answer

# As many parts cost as much of the rate limit as one request.
PARTS_PER_REQUEST = 50
# Seconds after which no part is begun any more, and those after which one that was is given up:
# well within the time for a request, so that it is always answered.
SECONDS = 20.0
_SECONDS_TO_END = 5.0
# So many are made side by side.
_ABREAST = 4

# One part: a write to one subject. What it writes it commits, unless `con` is in a transaction.
Part = Callable[[Connection], Awaitable[Answer]]


def _now() -> float:
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class Parts:
    """Makes the parts of one request, or only in thought where it `is_rehearsal`.

    `spend` takes further requests from the rate limit of the key, and `note` is told each time
    that something is committed: whoever follows what happens need not wait for the last part, and
    hears of the first ones also where the request is cut off. `request_id` is for the log.
    """

    database: Database
    request_id: str
    is_rehearsal: bool = False
    spend: Callable[[int], None] = lambda _: None
    note: Callable[[], None] = lambda: None
    begun: float = field(default_factory=_now)

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """A connection to look at things with. Raises Unavailable."""
        return self.database.reading()

    def charge(self, count: int) -> None:
        """Takes what so many parts cost, before any is begun; the first are in the request itself.

        Raises RateLimited where that is not left, and takes nothing.
        """
        requests = -(-count // PARTS_PER_REQUEST)
        if requests > 1:
            self.spend(requests - 1)

    async def write(self, subject: UUID, part: Part) -> Answer:
        """What `part` answers, made again when another write got in between.

        Raises Unavailable, Conflict, and what `part` raises.
        """

        async def attempt() -> Answer:
            async with self.database.writing_part(subject) as con:
                if self.is_rehearsal:
                    return await rolled_back(con, partial(part, con))
                return await part(con)

        answer = await again_on_collision(attempt)
        if answer.events and not self.is_rehearsal:
            self.note()
        return answer

    async def write_all(
        self, parts: Mapping[UUID, Part], abreast: int = _ABREAST
    ) -> dict[UUID, Answer | ApiError]:
        """What became of each part, by its subject: its answer, or what it failed with.

        With one `abreast` they are made in their order. Those for which there was no time are
        Unavailable.
        """
        outcomes: dict[UUID, Answer | ApiError] = {}
        waiting = iter(parts.items())

        async def work() -> None:
            for subject, part in waiting:
                outcomes[subject] = await self._outcome(subject, part)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(abreast, len(parts))):
                group.create_task(work())
        return outcomes

    async def _outcome(self, subject: UUID, part: Part) -> Answer | ApiError:
        limit: Any = asyncio.timeout_at(self.begun + SECONDS + _SECONDS_TO_END)
        try:
            self.require_time()
            async with limit:
                return await self.write(subject, part)
        except TimeoutError as error:
            if not limit.expired():
                return self.explained(error)
            msg = "It took too long and was given up; look whether it was done, or send it again."
            return Unavailable(msg)
        except Exception as error:  # noqa: BLE001  # it is the outcome of this part alone
            return self.explained(error)

    def explained(self, error: Exception) -> ApiError:
        """What to answer for what failed of the request; what happened goes to the log."""
        return explained(error, self.request_id)

    def require_time(self) -> None:
        """Raises Unavailable where no part is begun any more."""
        if _now() >= self.begun + SECONDS:
            msg = "The time for this request was over before this was begun; send it again."
            raise Unavailable(msg)
