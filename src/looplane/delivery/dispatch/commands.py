"""The part of the worker that delivers: it waits for what is due, and sends many at once."""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
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
from looplane.delivery.leases.sql import renew
from looplane.delivery.reports.commands import report
from looplane.delivery.schemas import Channels, ClaimedQueue, Sent, SentQueue
from looplane.delivery.sql import MOST_AT_ONCE, ROUTED_AT_ONCE, route, take_over
from looplane.kit.clock import Clock
from looplane.kit.database import COLLISION, Connection, Database, as_unavailable
from looplane.kit.errors import Unavailable
from looplane.kit.pacing import Paced
from looplane.kit.reachability import Reachability
from looplane.kit.waiting import wait_at_most
from looplane.kit.work_metrics import (
    begin_channels,
    count_failure,
    note_round,
)

_log = structlog.get_logger("looplane.delivery")
# So many queues are ours at once, and of these so many that fail: targets that hang are waited for,
# and leave room to the others.
MOST_QUEUES, MOST_FAILING = 200, 100
# What so many need is loaded at once.
TAKEN_AT_ONCE = 100
# Attempts that begin at once, until they are over or so many seconds have gone: where very many
# begin, each waits for all the others, and its time is over before anybody has answered.
BEGUN_AT_ONCE, _BEGINNING = 50, 0.2
# While something is sent, whoever has routed about as much as is routed at once leaves it for so
# many times as long as it took: else a backlog is routed first, and sent after that.
_ROUTING_REST = 2
# What is ours is renewed once that much of its lease has gone, so that a try or two may fail.
RENEWED_AFTER = LEASE / 4
# In seconds: between two looks, and for what is under way when the worker ends.
_TICK, _GRACE = 1.0, 5.0
_MAX_PAUSE = 10.0
# What the figures call it.
_ROUND = "deliveries"

Note = Callable[[UUID | None], None]


class Dispatcher:
    """Delivers what is due, many queues at once, until cancelled.

    `note` is told of workspaces in which events were written, `reached` whether the database is
    there.
    """

    def __init__(  # noqa: PLR0913  # what it puts together
        self,
        database: Database,
        clock: Clock,
        channels: Channels,
        tell_dead: TellDead,
        note: Note = lambda _: None,
        jitter: Callable[[], float] = any_jitter,
        reached: Reachability | None = None,
    ) -> None:
        for each in channels.values():
            assert each.seconds <= MOST_SECONDS, "nothing is waited for longer"
            assert each.most_at_once <= MOST_AT_ONCE, "a claim takes no more"
        self._database, self._clock, self._channels = database, clock, channels
        self._tell_dead, self._note, self._jitter = tell_dead, note, jitter
        self._reached = reached or Reachability()
        self._woken, self._ended = asyncio.Event(), asyncio.Event()
        self._sending: dict[asyncio.Task[None], ClaimedQueue] = {}
        # By their leases, from the claim until what came of it is written down.
        self._held: dict[UUID, ClaimedQueue] = {}
        self._sent: list[SentQueue] = []
        self._paced = Paced(BEGUN_AT_ONCE, _BEGINNING)
        self._finishing = asyncio.Lock()
        self._taken_over_at = self._routes_again_at = -math.inf

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    async def run(self) -> None:
        """Delivers until cancelled; a database that is away is waited for.

        What is under way in the end has a few seconds; what is cut off then is due again at once.
        """
        begin_channels(self._channels)
        beside = [asyncio.ensure_future(each()) for each in (self._finish_all, self._renew_all)]
        try:
            await self._begin_all()
        finally:
            await self._end(beside)

    async def renew(self) -> None:
        """Keeps what is under way ours for longer; what another one has by now is let go of."""
        until = self._clock() + LEASE
        held = [e for e in self._held.values() if e.leased_until + RENEWED_AFTER <= until]
        if not held:
            return
        async with self._database.reading() as con, con.transaction():
            ours = await renew(con, held, until)
        for each in held:
            if each.lease in ours and each.lease in self._held:
                self._held[each.lease] = replace(each, leased_until=until)
            elif each.lease not in ours:
                self._held.pop(each.lease, None)
        for task, queue in self._sending.items():
            if queue.lease not in self._held:
                task.cancel()

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
                began = time.monotonic()
                has_begun = await self._begin()
                note_round(_ROUND, _TICK)
                self._reached.answered(began)
                pause = _TICK
            except Exception as error:  # noqa: BLE001  # what fails now may go well in a second
                has_begun = False
                self._failed(error)
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
                self._failed(error)
                pause = _pause_after(error, pause)
                await asyncio.sleep(pause)

    async def _renew_all(self) -> None:
        while True:
            await asyncio.sleep(RENEWED_AFTER.total_seconds())
            try:
                await self.renew()
            except Exception as error:  # noqa: BLE001  # as above
                self._failed(error)
                _pause_after(error, 0)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, COLLISION):
            count_failure(_ROUND)
            self._reached.failed(error)

    def _room(self, *, failing: bool = False) -> int:
        """How many queues may be taken now, or of those that fail."""
        room = min(MOST_QUEUES - len(self._sending), TAKEN_AT_ONCE)
        failing_room = MOST_FAILING - sum(each.failures > 0 for each in self._sending.values())
        return min(room, failing_room) if failing else room

    async def _begin(self) -> bool:
        """Routes what is planned, and begins what is due; whether there may be more."""
        async with self._database.reading() as con:
            if (now := time.monotonic()) - self._taken_over_at >= _TICK:
                self._taken_over_at = now
                await take_over(con)
            routed = await self._route(con)
        taken: list[Taken] = []
        if room := self._room():
            taken = await self._take(room, self._room(failing=True))
        for each in taken:
            self._start(each)
        return bool(routed or taken)

    async def _take(self, room: int, failing_room: int) -> list[Taken]:
        claimed: list[ClaimedQueue] = []

        def hold(queues: Sequence[ClaimedQueue]) -> None:
            claimed.extend(queues)
            self._held |= {each.lease: each for each in queues}

        try:
            async with self._database.reading() as con:
                return await take(con, self._clock, self._channels, room, failing_room, hold)
        except BaseException:
            # Nobody is at them: they are due again when their lease ends.
            for each in claimed:
                self._held.pop(each.lease, None)
            raise

    async def _route(self, con: Connection) -> int:
        began = time.monotonic()
        if self._sending and began < self._routes_again_at:
            return 0
        routed = await route(con, self._clock())
        if routed > ROUTED_AT_ONCE // 2:
            ended = time.monotonic()
            self._routes_again_at = ended + _ROUTING_REST * (ended - began)
        return routed

    def _is_ours(self, queue: ClaimedQueue) -> bool:
        held = self._held.get(queue.lease)
        return held is not None and self._clock() < held.leased_until

    def _start(self, taken: Taken) -> None:
        by = self._clock, self._channels, self._hand_in, self._paced, self._is_ours
        task = asyncio.ensure_future(send(taken, *by))
        self._sending[task] = taken.queue
        task.add_done_callback(self._sending.pop)

    def _hand_in(self, sent: SentQueue) -> None:
        self._sent.append(sent)
        self._ended.set()

    async def _finish(self) -> Finished:
        """Writes down what is over; all of it, or none where that fails."""
        async with self._finishing:
            self._ended.clear()
            sent, self._sent = self._sent, []
            if not sent:
                return Finished([], {}, [])
            try:
                async with self._database.reading() as con:
                    finished = await finish(con, self._clock, sent, self._tell_dead, self._jitter)
            except BaseException:
                # For the next time: whether it is ours still is seen then.
                self._sent[:0] = sent
                self._ended.set()
                raise
            for each in sent:
                if each.over is not None:
                    self._held.pop(each.queue.lease, None)
        report(finished)
        for workspace_id in finished.died:
            self._note(workspace_id)
        self.wake()
        return finished

    async def _end(self, beside: Sequence[asyncio.Task[None]]) -> None:
        if self._sending:
            await asyncio.wait(self._sending, timeout=_GRACE)
        for task in self._sending:
            task.cancel()
        if self._sending:
            await asyncio.wait(self._sending)
        try:
            async with asyncio.timeout(_GRACE):
                await self._finish()
        except Exception as error:  # noqa: BLE001  # it is left to its lease
            _pause_after(error, 0)
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)


def _pause_after(error: Exception, pause: float) -> float:
    if isinstance(error, COLLISION):
        return _TICK
    if not isinstance(error, (Unavailable, TimeoutError)) and as_unavailable(error) is None:
        _log.error("deliveries failed", exc_info=error)
    return min(pause * 2, _MAX_PAUSE)
