"""What happens by itself: periodic commands, each safe to run in several processes at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog

from looplane import event_partitions
from looplane.backups.schedule import keep_backups
from looplane.caught_mail.commands import sweep_caught
from looplane.channels import open_channels, set_up_fans
from looplane.delivery.dead.commands import tell_dead
from looplane.delivery.dispatch.commands import Dispatcher
from looplane.delivery.fan_out.commands import FanOut
from looplane.delivery.retention.commands import DeliverySweep
from looplane.delivery.schemas import Channels
from looplane.delivery.webhook.commands import pause_failing
from looplane.event_feed.hints.commands import Hints
from looplane.files.commands import OrphanSweep
from looplane.held_messages.commands import send_due, sweep_held
from looplane.kit import idempotency
from looplane.kit.clock import Clock
from looplane.kit.config import Settings
from looplane.kit.database import COLLISION, Connection, Database, as_unavailable
from looplane.kit.errors import Unavailable
from looplane.kit.reachability import Reachability
from looplane.kit.storage import storage_of
from looplane.kit.waiting import wait_at_most
from looplane.kit.work_metrics import count_failure, note_round
from looplane.kit.writes import LIFETIME
from looplane.notices.commands import sweep_notices
from looplane.outgoing_files.commands import sweep_outgoing_files
from looplane.presence.commands import sweep_presence
from looplane.sessions.attempts.commands import sweep_attempts
from looplane.sessions.commands import sweep_ended
from looplane.sessions.links.commands import sweep_links
from looplane.threads.commands import wake_due_threads
from looplane.webhooks.commands import sweep_bodies

_log = structlog.get_logger("looplane.worker")
# All in seconds.
_TICK = 1.0  # between two looks
_MINUTE = 60.0
_HOUR = 3600.0
_ROUND_TIMEOUT = 60.0  # longer, and the database is taken to be away
_MAX_PAUSE = 10.0
# Between two batches of what goes: others have the disk meanwhile.
_BREATH = 0.05

# One round of what is due; says how much was done, and is called again at once until nothing was.
Round = Callable[[Connection], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Periodic:
    """A round, and the seconds between two looks; `woken` makes it look at once.

    Its figures are under `name`. `then` is called after a round that did something, and `rest`
    are the seconds until the next one.
    """

    name: str
    run: Round
    pause: float = _TICK
    writes_events: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    then: Callable[[], None] = lambda: None
    rest: float = 0.0


async def work(database: Database, settings: Settings, clock: Clock) -> None:
    """Runs what is due until cancelled; a database that is away is waited for."""
    async with open_channels(database, settings, clock) as channels:
        await _work(database, settings, clock, channels)


async def _work(database: Database, settings: Settings, clock: Clock, channels: Channels) -> None:
    happened = asyncio.Event()

    def wake(_: UUID | None = None) -> None:
        happened.set()
        dispatcher.wake()

    hints = Hints(database, wake)
    hints.listen(wanted=True)
    reached = Reachability()
    told = partial(tell_dead, clock)
    dispatcher = Dispatcher(database, clock, channels, told, hints.note, reached=reached)
    fans = FanOut(set_up_fans(settings, clock), clock)
    fan_out = Periodic("fan_out", fans.run, woken=happened, then=dispatcher.wake)
    rounds = (fan_out, *_rounds(settings, clock, frozenset(channels)))
    # Apart from each other, so that what keeps failing slows down nothing else.
    repeated = (_repeat(database, each, hints, reached) for each in rounds)
    # In the end each has the time that it takes to put down what it is at.
    async with asyncio.TaskGroup() as group:
        for each in (dispatcher.run(), hints.keep(), keep_backups(database, settings), *repeated):
            group.create_task(each)


def _rounds(settings: Settings, clock: Clock, channels: frozenset[str]) -> Sequence[Periodic]:
    async def sweep(con: Connection) -> int:
        return await idempotency.delete_expired(con, clock() - LIFETIME)

    async def sweep_sign_ins(con: Connection) -> int:
        for each in (sweep_ended, sweep_links, sweep_attempts):
            await each(con, clock())
        return 0

    async def keep_events(con: Connection) -> int:
        made = await event_partitions.make_partitions(con, clock().date())
        if not settings.keep_events_days:
            return made
        before = clock() - timedelta(days=settings.keep_events_days)
        return made + await event_partitions.drop_partitions(con, before)

    async def sweep_caught_mail(con: Connection) -> int:
        return await sweep_caught(con, clock, settings.keep_caught_mail_days)

    files = OrphanSweep(storage_of(settings), clock)
    deliveries = DeliverySweep(clock, settings.keep_deliveries_days)
    return (
        Periodic("snoozes", SnoozeEnder(clock).run, writes_events=True),
        Periodic("held_messages", partial(_send_held, clock, channels), writes_events=True),
        Periodic("webhooks", partial(pause_failing, clock=clock), _MINUTE, writes_events=True),
        Periodic("idempotency", sweep),
        Periodic("unsent", partial(_sweep_unsent, clock), _HOUR),
        Periodic("presence", partial(sweep_presence, clock=clock), _MINUTE),
        Periodic("notices", partial(sweep_notices, clock=clock), _HOUR),
        Periodic("caught_mail", sweep_caught_mail, _HOUR, rest=_BREATH),
        Periodic("event_bodies", partial(sweep_bodies, clock=clock), _HOUR),
        Periodic("sign_ins", sweep_sign_ins, _HOUR),
        Periodic("events", keep_events, _HOUR),
        Periodic("deliveries", deliveries.run, _HOUR, rest=_BREATH),
        Periodic("files", files.run, _HOUR),
    )


async def _send_held(clock: Clock, channels: frozenset[str], con: Connection) -> int:
    done = await send_due(con, clock, channels)
    for id, reason in done.returned.items():
        _log.warning("a held message went back", held=str(id), reason=reason)
    for id, error in done.failures.items():
        _log.error("a held message waits", held=str(id), exc_info=error)
    return done.sent + len(done.returned)


async def _sweep_unsent(clock: Clock, con: Connection) -> int:
    return await sweep_held(con, clock) + await sweep_outgoing_files(con, clock)


async def _repeat(
    database: Database, periodic: Periodic, hints: Hints, reached: Reachability
) -> None:
    pause = _TICK
    while not _is_ending():
        periodic.woken.clear()
        try:
            while await _run_round(database, periodic, reached):
                periodic.then()
                if periodic.writes_events:
                    hints.note(None)  # it did not say in which workspaces
                await asyncio.sleep(periodic.rest)
            pause = _TICK
        except COLLISION:
            pause = _TICK
        except Exception as error:
            if _is_ending():
                # What breaks as it is given up is no news; whatever it held is free again.
                raise asyncio.CancelledError from error
            count_failure(periodic.name)
            reached.failed(error)
            if not isinstance(error, Unavailable) and as_unavailable(error) is None:
                _log.exception("periodic work failed", round=periodic.name)
            pause = min(pause * 2, _MAX_PAUSE)
        else:
            await wait_at_most(periodic.woken, periodic.pause)
            continue
        await asyncio.sleep(pause)


def _is_ending() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _run_round(database: Database, periodic: Periodic, reached: Reachability) -> int:
    """One round, on a connection of its own: behind a pooler that is one transaction."""
    began = time.monotonic()
    async with asyncio.timeout(_ROUND_TIMEOUT), database.reading() as con:
        done = await periodic.run(con)
    note_round(periodic.name, periodic.pause)
    reached.answered(began)
    return done


class SnoozeEnder:
    """Wakes threads whose time has come; one that cannot be woken is set aside for a while."""

    # Seconds until a thread that could not be woken is tried again: doubled from try to try.
    FIRST_REST, MAX_REST = 60.0, _HOUR
    # Where so many cannot be woken, something else is wrong: they are tried again.
    MAX_SET_ASIDE = 10_000

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._set_aside: dict[UUID, tuple[float, float]] = {}  # until when, and for how long

    async def run(self, con: Connection) -> int:
        """One round; how many threads were woken."""
        now = time.monotonic()
        resting = [id for id, (until, _) in self._set_aside.items() if until > now]
        waking = await wake_due_threads(con, self._clock, resting)
        if waking.woken:
            _log.info("snoozes ended", threads=waking.woken)
        for id, error in waking.failures.items():
            self._set_one_aside(id, error, now)
        return waking.woken

    def _set_one_aside(self, id: UUID, error: Exception, now: float) -> None:
        if len(self._set_aside) >= self.MAX_SET_ASIDE:
            self._set_aside.clear()
        _, rest = self._set_aside.get(id, (0.0, 0.0))
        if not rest:
            # Said once; the tries that follow are silent.
            _log.error(
                "a thread cannot be woken", thread=str(id), reason=str(error), exc_info=error
            )
        rest = min(max(rest * 2, self.FIRST_REST), self.MAX_REST)
        self._set_aside[id] = (now + rest, rest)
