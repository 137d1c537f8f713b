"""The part of the worker that delivers: it waits for what is due, and sends many at once."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog

from looplane.delivery.commands import (
    LEASE,
    MOST_SECONDS,
    Finished,
    Taken,
    TellDead,
    any_jitter,
    finish,
    send,
    take,
)
from looplane.delivery.schemas import Channels, Sent, SentQueue
from looplane.delivery.sql import MOST_AT_ONCE, route
from looplane.kit.clock import Clock
from looplane.kit.database import COLLISION, Database, as_unavailable
from looplane.kit.errors import Unavailable
from looplane.kit.waiting import wait_at_most

_log = structlog.get_logger("looplane.delivery")
# So many queues are ours at once, and of these so many that fail: targets that hang are waited for,
# and leave room to the others.
MOST_QUEUES, MOST_FAILING = 200, 100
# In seconds: between two looks, and for what is under way when the worker ends.
_TICK, _GRACE = 1.0, 5.0
_MAX_PAUSE = 10.0

Note = Callable[[UUID | None], None]


class Dispatcher:
    """Delivers what is due, many queues at once, until cancelled.

    `note` is told of workspaces in which events were written.
    """

    def __init__(  # noqa: PLR0913  # what it puts together
        self,
        database: Database,
        clock: Clock,
        channels: Channels,
        tell_dead: TellDead,
        note: Note = lambda _: None,
        jitter: Callable[[], float] = any_jitter,
    ) -> None:
        for each in channels.values():
            assert each.seconds <= MOST_SECONDS, "the lease is short"
            assert each.most_at_once <= MOST_AT_ONCE, "a claim takes no more"
        self._database, self._clock, self._channels = database, clock, channels
        self._tell_dead, self._note, self._jitter = tell_dead, note, jitter
        self._woken, self._ended = asyncio.Event(), asyncio.Event()
        self._sending: dict[asyncio.Task[None], bool] = {}  # whether of a target that fails
        self._sent: list[SentQueue] = []

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    async def run(self) -> None:
        """Delivers until cancelled; a database that is away is waited for.

        What is under way in the end has a few seconds; what is left then is due again when its
        lease ends.
        """
        finishing = asyncio.ensure_future(self._finish_all())
        try:
            await self._begin_all()
        finally:
            await self._end(finishing)

    async def drain(self) -> list[Sent]:
        """Delivers what is due now, and says what came of it."""
        done: list[Sent] = []
        while await self._begin():
            if self._sending:
                await asyncio.wait(self._sending)
            done += (await self._finish()).sent
        return done

    async def _begin_all(self) -> None:
        pause = _TICK
        while True:
            self._woken.clear()
            try:
                has_begun = await self._begin()
                pause = _TICK
            except Exception as error:  # noqa: BLE001  # what fails now may go well in a second
                has_begun = False
                pause = _pause_after(error, pause)
            if not has_begun or not self._room():
                await wait_at_most(self._woken, pause)

    async def _finish_all(self) -> None:
        pause = _TICK
        while True:
            await self._ended.wait()
            try:
                await self._finish()
                pause = _TICK
            except Exception as error:  # noqa: BLE001  # as above
                pause = _pause_after(error, pause)
                await asyncio.sleep(pause)

    def _room(self, *, failing: bool = False) -> int:
        """How many queues more may be ours, or of those that fail."""
        room = MOST_QUEUES - len(self._sending)
        return min(room, MOST_FAILING - sum(self._sending.values())) if failing else room

    async def _begin(self) -> bool:
        """Routes what is planned, and begins what is due; whether there may be more."""
        async with self._database.reading() as con:
            routed = await route(con, self._clock())
        taken: list[Taken] = []
        # Those that fail first: they never have all the room.
        for failing in (True, False):
            if most := self._room(failing=failing):
                async with self._database.reading() as con:
                    found = await take(con, self._clock, self._channels, most, failing=failing)
                taken += found
                for each in found:
                    self._start(each, is_failing=failing)
        return bool(routed or taken)

    def _start(self, taken: Taken, *, is_failing: bool) -> None:
        task = asyncio.ensure_future(self._send(taken))
        self._sending[task] = is_failing
        task.add_done_callback(self._sending.pop)

    async def _send(self, taken: Taken) -> None:
        self._sent.append(await send(taken, self._clock, self._channels))
        self._ended.set()

    async def _finish(self) -> Finished:
        """Writes down what is over; all of it, or none where that fails."""
        self._ended.clear()
        sent, self._sent = self._sent, []
        try:
            async with self._database.reading() as con:
                finished = await finish(con, self._clock, sent, self._tell_dead, self._jitter)
        except BaseException:
            self._keep(sent)
            raise
        _log_finished(finished)
        for workspace_id in finished.died:
            self._note(workspace_id)
        self.wake()
        return finished

    def _keep(self, sent: Sequence[SentQueue]) -> None:
        """For the next time, as long as it is ours."""
        now = self._clock()
        self._sent[:0] = [
            each for each in sent if not each.sent or now < each.sent[0].started_at + LEASE
        ]
        if self._sent:
            self._ended.set()

    async def _end(self, finishing: asyncio.Task[None]) -> None:
        if self._sending:
            await asyncio.wait(self._sending, timeout=_GRACE)
        for task in self._sending:
            task.cancel()
        finishing.cancel()
        await asyncio.wait([finishing])
        if self._sent:
            try:
                async with asyncio.timeout(_GRACE):
                    await self._finish()
            except Exception as error:  # noqa: BLE001  # it is left to its lease
                _pause_after(error, 0)


def _pause_after(error: Exception, pause: float) -> float:
    if isinstance(error, COLLISION):
        return _TICK
    if not isinstance(error, (Unavailable, TimeoutError)) and as_unavailable(error) is None:
        _log.error("deliveries failed", exc_info=error)
    return min(pause * 2, _MAX_PAUSE)


def _log_finished(finished: Finished) -> None:
    for each in finished.sent:
        if each.attempted.outcome != "delivered":
            _log.warning(
                "not delivered",
                delivery=str(each.delivery.id),
                kind=each.delivery.kind,
                attempt=each.delivery.attempt,
                reason=each.attempted.reason,
            )
    for queue in finished.lost:
        _log.warning(
            "a queue was taken over",
            workspace=str(queue.workspace_id),
            channel=queue.channel,
            queue=queue.queue,
        )
