"""How events become notices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from looplane.event_feed.schemas import FannedEvent
from looplane.kit.clock import Clock
from looplane.kit.database import Connection, Row
from looplane.notices import rules
from looplane.notices.commands import (
    SETTLES,
    NewNotice,
    Telling,
    find_team,
    set_up_channels,
)
from looplane.notices.fan_out import sql
from looplane.notices.fan_out.rules import detail_of, happening_of, is_standing, key_of
from looplane.notices.rules import Choice, Happening
from looplane.notices.sql import INSERT


@dataclass(frozen=True, slots=True)
class NoticeFan:
    """Makes notices of events, and plans what leaves for them."""

    clock: Clock

    async def __call__(
        self, con: Connection, workspace_id: UUID, events: Sequence[FannedEvent]
    ) -> int:
        """Tells the team of events, in the transaction that notes that they are told.

        How many notices leave. Told again, nobody is told more.
        """
        wanted = [each for each in events if each.type in rules.EVENTS]
        found = await _find(con, workspace_id, wanted) if wanted else {}
        if not found:
            return 0
        telling = await self._telling(con, workspace_id, wanted, found)
        if not telling.notices:
            return 0
        rows = await con.fetch(INSERT, workspace_id, telling.rows, telling.deliveries)
        return len(rows)

    async def _telling(
        self,
        con: Connection,
        workspace_id: UUID,
        events: Sequence[FannedEvent],
        found: Mapping[UUID, Row],
    ) -> Telling:
        team = await find_team(con, workspace_id)
        set_up, now = await set_up_channels(con, workspace_id), self.clock()
        telling = Telling()
        for writes in _by_write(events):
            happenings = [happening_of(each, found[each.id]) for each in writes]
            for id, choice in rules.choose(happenings, team).items():
                event = writes[choice.happening_index]
                notice = _notice(event, happenings[choice.happening_index], choice, id)
                is_of_many = len({each.aggregate_id for each in writes}) > 1
                due = dict.fromkeys(set_up, now + SETTLES if is_of_many else now)
                telling.tell(notice, team[id], choice.channels, due)
        return telling


async def _find(
    con: Connection, workspace_id: UUID, events: Sequence[FannedEvent]
) -> dict[UUID, Row]:
    """What is so of each event; of a thread that is gone nothing is told."""
    names = ("id", "type", "subject_id", "aggregate_id")
    asked: list[dict[str, Any]] = [{name: getattr(e, name) for name in names} for e in events]
    return {row["id"]: row for row in await con.fetch(sql.FIND, workspace_id, asked)}


def _by_write(events: Sequence[FannedEvent]) -> list[list[FannedEvent]]:
    writes: dict[UUID, list[FannedEvent]] = {}
    for each in events:
        writes.setdefault(each.write_id, []).append(each)
    return list(writes.values())


def _notice(event: FannedEvent, happening: Happening, choice: Choice, member_id: UUID) -> NewNotice:
    return NewNotice(
        write_id=event.write_id,
        event_id=event.id,
        event_type=event.type,
        reason=choice.reason,
        subject_id=event.subject_id,
        created_at=event.created_at,
        member_id=member_id,
        thread_id=happening.thread_id,
        actor_member_id=happening.actor_member_id,
        actor_key_id=key_of(event),
        detail=detail_of(event, happening),
        is_in_app="in_app" in choice.channels,
        is_standing=is_standing(happening),
    )
