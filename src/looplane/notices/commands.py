"""How notices are made, and how a member reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from looplane.deliveries.schemas import DeliveryChannel
from looplane.kit.clock import Clock
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.ids import new_id
from looplane.kit.references import reference_ids, unknown_references
from looplane.kit.responses import Answer
from looplane.kit.row_count import row_count
from looplane.notices import rules, sql
from looplane.notices.rules import Member
from looplane.notices.schemas import NoticeQuery, NoticesRead, Reason
from looplane.notices.settings.rules import QuietHours
from looplane.notices.words.rules import Facts, words_of
from looplane.slack.sql import FIND_CONNECTION

# How long a notice is kept.
KEPT = timedelta(days=90)
# A write of many threads is told once it is whole, so that it is known how many they are.
SETTLES = timedelta(minutes=1)
# To whom or where, as Slack is told: a member, or the channel of the team.
TEAM_TARGET = "team"
# Mail is always set up: where nothing sends it, it is caught.
BY_MAIL: frozenset[DeliveryChannel] = frozenset({"email"})


def member_target(member: Member) -> str:
    """How a member is called where a channel has names of its own for people."""
    return f"{rules.MEMBER}{member.id}"


async def set_up_channels(con: Connection, workspace_id: UUID) -> frozenset[DeliveryChannel]:
    """By what a workspace can tell its team outside of the inbox.

    Slack is one of them where its connection says in which channel the team is told.
    """
    slack = await con.fetchrow(FIND_CONNECTION, workspace_id)
    is_told = slack is not None and slack["notification_channel"] is not None
    return BY_MAIL | {"slack"} if is_told else BY_MAIL


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to be: the row, but for what it leaves by. Without a member it is to the team."""

    write_id: UUID
    event_id: UUID
    event_type: str
    reason: Reason
    subject_id: UUID
    created_at: datetime
    member_id: UUID | None = None
    thread_id: UUID | None = None
    actor_member_id: UUID | None = None
    actor_key_id: UUID | None = None
    changed: tuple[str, ...] = ()
    detail: str | None = None
    is_in_app: bool = False
    is_standing: bool = False
    id: UUID = field(default_factory=new_id)

    @property
    def told_once(self) -> tuple[object, ...] | None:
        """What is told once, though several writes tell it; None where each is told."""
        if self.reason == "mentioned":
            return self.member_id, self.reason, self.subject_id
        return (self.member_id, self.reason, self.detail) if self.is_standing else None

    def delivery(
        self, channel: DeliveryChannel, target: str, due_at: datetime | None, reason: str = ""
    ) -> dict[str, object]:
        """What takes it to the outside; dead from the beginning without a moment, for a reason."""
        return {
            "id": new_id(),
            "event_id": self.event_id,
            "event_type": self.event_type,
            "kind": "notice",
            "channel": channel,
            "target": target,
            "subject_id": self.id,
            "thread_id": self.thread_id,
            "reason": reason or None,
            "created_at": self.created_at,
            "due_at": due_at,
        }


@dataclass(frozen=True, slots=True)
class Telling:
    """Notices to be, and what is to leave for them, as the statements take them."""

    notices: list[NewNotice] = field(default_factory=list)
    deliveries: list[dict[str, object]] = field(default_factory=list)
    _once: set[tuple[object, ...]] = field(default_factory=set)

    def tell(
        self,
        notice: NewNotice,
        member: Member,
        channels: Iterable[str],
        due: Mapping[DeliveryChannel, datetime],
    ) -> None:
        """Adds a notice to a member by these channels; `due` has those that are set up."""
        if notice.told_once in self._once:
            return
        if notice.told_once is not None:
            self._once.add(notice.told_once)
        self.notices.append(notice)
        targets: dict[DeliveryChannel, str] = {
            "email": member.email,
            "slack": member_target(member),
        }
        for channel, target in targets.items():
            if channel in channels and channel in due:
                moment = due[channel]
                quiet = member.quiet_hours
                at = quiet.ended(moment) if quiet else moment
                self.deliveries.append(notice.delivery(channel, target, at))

    @property
    def rows(self) -> list[dict[str, object]]:
        """The notices as rows."""
        return [asdict(each) for each in self.notices]


async def find_team(
    con: Connection, workspace_id: UUID, among: Iterable[UUID] | None = None
) -> dict[UUID, Member]:
    """Who is one of the team, or of those `among` it."""
    if among is None:
        rows = await con.fetch(sql.TEAM, workspace_id)
    else:
        rows = await con.fetch(sql.TEAM_AMONG, workspace_id, list(among))
    return {row["id"]: _member(row) for row in rows}


def _member(row: Row) -> Member:
    return Member(**{**row, "quiet_hours": QuietHours.of(row["quiet_hours"])})


async def list_notices(con: Connection, context: Context, query: NoticeQuery) -> Answer:
    """A page of what the member is told, the newest first. Raises Unprocessable."""
    page = orjson.loads(await sql.list_page(con, context, query))
    page["data"] = [_shown(each) for each in page["data"]]
    page["unread_count"] = await sql.count_unread(con, context)
    return Answer(orjson.dumps(page).decode())


def _shown(stored: Mapping[str, Any]) -> dict[str, Any]:
    words = asdict(words_of(Facts.of(stored)))
    names = ("id", "reason", "thread_id", "read_at", "created_at")
    return {**{name: stored[name] for name in names}, **words}


async def read_notices(con: Connection, context: Context, body: NoticesRead) -> Answer:
    """Marks notices of the member as read. Raises ValidationFailed."""
    sent = body.model_dump(exclude_unset=True)
    ids = reference_ids(sent, "ids") if "ids" in sent else None
    found = await sql.find_own(con, context, ids) if ids else []
    unknown = unknown_references(sent, "ids", "notice of yours", found)
    context.raise_faults([*rules.reading_faults(sent, context.faults), *unknown])
    args = (context.workspace_id, context.member_id, ids, sent.get("until"), context.clock())
    await con.execute(sql.MARK_READ, *args)
    count = await sql.count_unread(con, context)
    return Answer(orjson.dumps({"unread_count": count}).decode())


async def sweep_notices(con: Connection, clock: Clock) -> int:
    """Deletes notices of all workspaces that are old, some at a time; how many there were."""
    done: str = await con.execute(sql.DELETE_OLD, clock() - KEPT)
    return row_count(done)
