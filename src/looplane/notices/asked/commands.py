"""Notices that a write of a thread asks for: planned within it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from looplane.deliveries.schemas import DeliveryChannel
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.notices.asked.rules import HEADER, Outcome, header_of
from looplane.notices.commands import (
    BY_MAIL,
    SETTLES,
    TEAM_TARGET,
    NewNotice,
    Telling,
    find_team,
    set_up_channels,
)
from looplane.notices.rules import Happening, Member, may_be_told
from looplane.notices.schemas import Reason
from looplane.notices.settings.rules import chosen
from looplane.notices.sql import INSERT

_NOT_SET_UP = "Slack is not set up."


@dataclass(frozen=True, slots=True)
class AskedNotices:
    """What is to be told of a write, by which channels that was asked for."""

    asked: Sequence[Mapping[str, Any]]
    set_up: frozenset[DeliveryChannel] = frozenset()
    telling: Telling = field(default_factory=Telling)

    def headers(self, planned: Sequence[Row], *, with_ids: bool) -> dict[str, str]:
        """What to answer, once these deliveries are planned; nothing where nothing was asked."""
        outcomes: dict[DeliveryChannel, Outcome] = {}
        for each in self.asked:
            channel: DeliveryChannel = each["channel"]
            state = self._state(channel)
            ids = tuple(str(row["id"]) for row in planned if row["channel"] == channel)
            outcomes[channel] = Outcome(state, ids if state == "planned" else ())
        said = header_of(outcomes, with_ids=with_ids)
        return {HEADER: said} if said else {}

    def _state(self, channel: DeliveryChannel) -> str:
        if channel not in self.set_up:
            return "not_configured"
        leaves = any(each["channel"] == channel for each in self.telling.deliveries)
        return "planned" if leaves else "nobody"


NOTHING = AskedNotices(())


async def plan_asked(
    con: Connection,
    context: Context,
    write: Mapping[str, Any],
    asked: Sequence[Mapping[str, Any]],
    *,
    is_of_many: bool = False,
) -> AskedNotices:
    """What is to be told of `write`, the first event of which is of a thread (see `as_write`).

    `asked` names a channel each, and for mail the members. Of a write that `is_of_many` threads it
    leaves once that is whole. Nothing is written yet.
    """
    if not asked:
        return NOTHING
    by_mail_alone = all(each["channel"] == "email" for each in asked)
    set_up = BY_MAIL if by_mail_alone else await set_up_channels(con, context.workspace_id)
    ids = [UUID(id) for each in asked for id in each.get("member_ids", ())]
    team = await find_team(con, context.workspace_id, ids) if ids else {}
    telling = Telling()
    due = dict.fromkeys(set_up, write["created_at"] + (SETTLES if is_of_many else timedelta()))
    for each in asked:
        if each["channel"] == "slack":
            _tell_team(telling, context, write, due)
        else:
            _tell_members(telling, context, write, due, team)
    return AskedNotices(asked, set_up, telling)


async def tell_asked(con: Connection, context: Context, asked: AskedNotices) -> dict[str, Any]:
    """Writes what is to be told, in the transaction of its write; see `AskedNotices.headers`."""
    rows, telling = [], asked.telling
    if telling.notices:
        rows = await con.fetch(INSERT, context.workspace_id, telling.rows, telling.deliveries)
    return answer_headers(asked, rows)


def answer_headers(asked: AskedNotices, planned: Sequence[Row]) -> dict[str, Any]:
    """The headers of an answer, and those that name what is there only if the write stays."""
    return {
        "headers": asked.headers(planned, with_ids=False),
        "headers_if_kept": asked.headers(planned, with_ids=True),
    }


def _tell_team(
    telling: Telling,
    context: Context,
    write: Mapping[str, Any],
    due: Mapping[DeliveryChannel, datetime],
) -> None:
    """Once to all in the channel of the team; where there is none it shows why it did not leave."""
    notice = _notice(context, write, "asked")
    due_at, reason = due.get("slack"), "" if "slack" in due else _NOT_SET_UP
    telling.notices.append(notice)
    telling.deliveries.append(notice.delivery("slack", TEAM_TARGET, due_at, reason))


def _tell_members(
    telling: Telling,
    context: Context,
    write: Mapping[str, Any],
    due: Mapping[DeliveryChannel, datetime],
    team: Mapping[UUID, Member],
) -> None:
    """By mail, for it was asked for, and by what they want to be told of such a thing anyway."""
    happening = Happening(write["events"][0]["type"], context.member_id)
    reason = _reason(write)
    for id, member in sorted(team.items()):
        wanted = chosen(member.channels, reason) - {"email"}
        channels = wanted | (chosen(member.channels, "asked") & {"email"})
        if channels and may_be_told(member, happening, tells_viewers=False):
            notice = _notice(context, write, reason, id, is_in_app="in_app" in channels)
            telling.tell(notice, member, channels, due)


def _reason(write: Mapping[str, Any]) -> Reason:
    """Why its assignee is told, or those who watch."""
    types = {each["type"] for each in write["events"]}
    return "assigned" if "thread.assigned" in types else "asked"


def _notice(
    context: Context,
    write: Mapping[str, Any],
    reason: Reason,
    member_id: UUID | None = None,
    *,
    is_in_app: bool = False,
) -> NewNotice:
    first = write["events"][0]
    return NewNotice(
        write_id=write["write_id"],
        event_id=first["id"],
        event_type="thread.assigned" if reason == "assigned" else first["type"],
        reason=reason,
        subject_id=first["subject_id"],
        created_at=write["created_at"],
        member_id=member_id,
        thread_id=first["subject_id"],
        actor_member_id=context.member_id,
        actor_key_id=context.principal.key_id,
        changed=tuple(sorted(first["after"] or ())),
        is_in_app=is_in_app,
    )
