"""How events become deliveries: what happened is followed, and each is given to those who tell."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from looplane.delivery.fan_out import sql
from looplane.delivery.fan_out.failures.commands import TRIES, Failures, set_aside
from looplane.delivery.fan_out.rules import in_order, newest_versions
from looplane.delivery.fan_out.schemas import Fan
from looplane.event_feed.schemas import FannedEvent, Position
from looplane.kit.clock import Clock, system_clock
from looplane.kit.database import COLLISION, Connection, as_unavailable

# Events that one transaction fans out: at first, and at the most.
FIRST_BATCH, BATCH = 20, 200
# What one transaction plans, more or less: many more would take longer than a round may.
MOST_PLANNED = 10_000

_log = structlog.get_logger("looplane.delivery")


class FanOut:
    """Gives what happens to all `fans`, workspace by workspace, each event at least once.

    An event that none of several tries gets past is set aside, and what follows goes on.
    """

    def __init__(self, fans: Sequence[Fan], clock: Clock = system_clock) -> None:
        self._fans, self._clock = fans, clock
        # How many events the next batch of a workspace has, of those that are behind.
        self._sizes: dict[UUID, int] = {}
        # The batch that is under way.
        self._batch: Sequence[FannedEvent] = ()
        self._failures = Failures(clock)

    async def run(self, con: Connection) -> int:
        """One round, of up to a batch in each workspace; how many events that were.

        A batch and the note that it is done are one transaction. What one workspace breaks, the
        others do without.
        """
        if not self._fans:
            return 0
        done = 0
        for workspace_id in await sql.list_behind(con):
            if self._failures.rests(workspace_id):
                continue
            self._batch = ()
            try:
                async with con.transaction():
                    done += await self._fan_out(con, workspace_id)
            except COLLISION:
                continue  # in the next round
            except Exception as error:
                if con.is_closed() or as_unavailable(error) is not None:
                    raise
                done += await self._fail(con, workspace_id, error)
        return done

    async def _fail(self, con: Connection, workspace_id: UUID, error: Exception) -> int:
        """Once it is known which event it is, and it was tried often enough, it is passed over."""
        names = {"workspace": str(workspace_id), "events": len(self._batch)}
        _log.warning("events could not be fanned out", **names, exc_info=error)
        if len(self._batch) != 1:
            return 0  # fewer are tried in the next round
        [event] = self._batch
        if self._failures.add(workspace_id, event) < TRIES:
            return 0
        async with con.transaction():
            held = await sql.hold(con, workspace_id)
            following = await sql.follow(con, workspace_id, held[0], 1) if held else []
            if [each.id for each in following] != [event.id]:
                return 0  # another one got past it
            await set_aside(con, self._clock, workspace_id, event, error)
            await sql.advance(con, workspace_id, Position(event.position, event.id))
        self._failures.end(workspace_id)
        return 1

    async def _fan_out(self, con: Connection, workspace_id: UUID) -> int:
        held = await sql.hold(con, workspace_id)
        if held is None:
            return 0
        position, has_missed = held
        size = self._sizes.get(workspace_id, FIRST_BATCH)
        events = await sql.follow(con, workspace_id, position, size)
        if not events:
            return 0
        self._batch = events
        # If this is cut off, as by the end of the round, the next time is with fewer.
        self._sizes[workspace_id] = max(size // 2, 1)
        end = Position(events[-1].position, events[-1].id)
        whole = in_order([*events, *await _overtaken(con, workspace_id, end, events)])
        planned = sum([await fan(con, workspace_id, whole) for fan in self._fans])
        await sql.advance(con, workspace_id, end)
        if has_missed:
            # Only now is it past them: it is said once.
            _log.error("events were dropped before they were told", workspace=str(workspace_id))
        self._failures.end(workspace_id)
        if len(events) < size:
            self._sizes.pop(workspace_id)
        elif planned <= MOST_PLANNED:
            has_room = planned * 2 <= MOST_PLANNED
            self._sizes[workspace_id] = min(size * 2, BATCH) if has_room else size
        return len(events)


async def _overtaken(
    con: Connection, workspace_id: UUID, end: Position, events: Sequence[FannedEvent]
) -> list[FannedEvent]:
    newest = newest_versions(events)
    return await sql.find_overtaken(con, workspace_id, end, newest) if newest else []
