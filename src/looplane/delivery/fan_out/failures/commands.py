"""What could not be fanned out is set aside, so that what follows goes on, and tried once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from looplane.delivery.fan_out.failures import sql
from looplane.delivery.fan_out.schemas import Fan
from looplane.delivery.fan_out.sql import find_event
from looplane.event_feed.schemas import START, FannedEvent
from looplane.kit.clock import Clock
from looplane.kit.database import Connection, as_unavailable

# So often an event is tried alone before it is set aside, after a wait that doubles.
TRIES, FIRST_REST = 5, timedelta(seconds=1)

_log = structlog.get_logger("looplane.delivery")


@dataclass(slots=True)
class Failing:
    """The event that a workspace cannot get past, how often it was tried, and when next."""

    event_id: UUID
    tries: int
    again_at: datetime


@dataclass(frozen=True, slots=True)
class Failures:
    """Where the fan-out of workspaces fails, and when it is tried again."""

    clock: Clock
    _failing: dict[UUID, Failing] = field(default_factory=dict)

    def rests(self, workspace_id: UUID) -> bool:
        """Whether it is not yet time to try this one again."""
        failing = self._failing.get(workspace_id)
        return failing is not None and self.clock() < failing.again_at

    def add(self, workspace_id: UUID, event: FannedEvent) -> int:
        """One more try of this event failed; how many that are."""
        known = self._failing.get(workspace_id)
        tries = 1 + (known.tries if known and known.event_id == event.id else 0)
        again_at = self.clock() + FIRST_REST * 2 ** (tries - 1)
        self._failing[workspace_id] = Failing(event.id, tries, again_at)
        return tries

    def end(self, workspace_id: UUID) -> None:
        """It went well, or is set aside."""
        self._failing.pop(workspace_id, None)


async def set_aside(
    con: Connection, clock: Clock, workspace_id: UUID, event: FannedEvent, error: Exception
) -> None:
    """Keeps that an event could not be fanned out; its text may have words, so it is not kept.

    It is told in the log alone: whoever is told of events would meet the same fault.
    """
    reason = type(error).__name__
    await sql.insert_failure(con, workspace_id, event, reason, TRIES, clock())
    _log.error(
        "an event could not be fanned out; once that is mended, run `looplane retry-events`",
        workspace=str(workspace_id),
        id=str(event.id),
        type=event.type,
        tries=TRIES,
        set_aside=await sql.count_failures(con),
        exc_info=error,
    )


@dataclass(frozen=True, slots=True)
class Retried:
    """How many events were told after all, how many are kept no longer, and which failed again."""

    told: int
    gone: int
    failed: Mapping[UUID, str]


async def retry_failures(con: Connection, fans: Sequence[Fan]) -> Retried:
    """Fans out once more what is set aside, in all workspaces, each in a transaction of its own."""
    told = gone = 0
    failed: dict[UUID, str] = {}
    after = (START.id, START.number, START.id)
    while True:
        try:
            async with con.transaction():
                found = await sql.next_failure(con, after)
                if found is None:
                    return Retried(told, gone, failed)
                key, id = found["workspace_id"], found["event_id"]
                after = (key, found["position"], id)
                event = await find_event(con, key, found["position"], id)
                for fan in fans if event else ():
                    await fan(con, key, [event] if event else [])
                await sql.delete_failure(con, key, id)
        except Exception as error:
            if con.is_closed() or as_unavailable(error) is not None:
                raise
            failed[after[2]] = _reason_of(error)
        else:
            told, gone = told + (event is not None), gone + (event is None)


def _reason_of(error: Exception) -> str:
    """The first line: in those after it the database says all that the row has."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
