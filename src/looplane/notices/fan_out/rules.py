"""What an event says to those who are told. Pure."""

from uuid import UUID

from looplane.event_feed.schemas import FannedEvent
from looplane.kit.database import Row
from looplane.notices.rules import Happening

_BOUNCED = "delivery.bounced"
# How a webhook or a mailbox is called, by the first that it has.
_NAMES = ("name", "label", "address", "url")


def happening_of(event: FannedEvent, found: Row) -> Happening:
    """An event with what was `found` to be so (see `sql.FIND`)."""
    before, after = event.before or {}, event.after or {}
    # Whoever hands in what came back has not caused it.
    member_id = None if event.type == _BOUNCED else event.actor.get("member_id")
    mentioned = frozenset(found["mentioned"])
    if event.type == "comment.updated":
        since = {*after.get("mentions", ())} - {*before.get("mentions", ())}
        mentioned = frozenset(each for each in mentioned if str(each) in since)
    return Happening(
        type=event.type,
        actor_member_id=UUID(member_id) if member_id else None,
        rule=event.actor.get("rule"),
        before=before,
        after=after,
        created_at=event.created_at,
        thread_created_at=found["thread_created_at"],
        thread_id=found["thread_id"],
        assignee_id=found["assignee_id"],
        mentioned=mentioned,
        snoozed_by=found["snoozed_by"],
        sender=found["sender"],
        is_opening=found["is_opening"],
        delivery_kind=found["delivery_kind"],
        delivery_target=found["delivery_target"],
        sent_by=found["sent_by"],
    )


def key_of(event: FannedEvent) -> UUID | None:
    """The key by which it was done; who hands in what came back is nobody's concern."""
    key_id = None if event.type == _BOUNCED else event.actor.get("key_id")
    return UUID(key_id) if key_id else None


def detail_of(event: FannedEvent, happening: Happening) -> str | None:
    """How what is down, paused or not reached is called; of people nothing is kept."""
    if event.type.startswith(("webhook.", "mailbox.")):
        data = event.data or {}
        return next((str(data[name]) for name in _NAMES if data.get(name)), None)
    return happening.delivery_target if is_standing(happening) else None


def is_standing(happening: Happening) -> bool:
    """Whether it is told once, until that is read: of a webhook that nothing reaches any more."""
    return happening.delivery_kind == "event"
