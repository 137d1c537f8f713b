"""What a notice says, in plain text. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from looplane.notices.schemas import Reason

_MAX_TITLE = 80  # characters
_MAX_EXCERPT = 300
_MAX_NAME = 100
# What cannot be seen, or turns the direction of what follows.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_PROGRAM = "Looplane"
_NO_TITLE = "a thread without words"
# What a field is called in a sentence, where that is not its name.
_FIELDS = {
    "pain_level": "pain",
    "assignee_id": "assignee",
    "contact_id": "contact",
    "company_id": "company",
    "tag_ids": "tags",
    "project_id": "project",
    "snoozed_until": "snooze",
}
# What was to be delivered.
_KINDS = {
    "message": "An answer",
    "broadcast": "A broadcast",
    "invite": "An invite",
    "notice": "A notice",
    "event": "An event",
}
# What changes along with others, and what is of no interest to somebody who is told.
_UNTOLD = ("last_", "ai_draft_", "is_read", "closed_loop")


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What a notice says: plain text, none of it safe as HTML; `link` is an address.

    `subject` and `sentence` are one line each.
    """

    subject: str
    sentence: str
    excerpt: str | None
    link: str
    actor_name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notice is about, as far as it is still there."""

    reason: Reason
    event_type: str = ""
    actor_name: str = _PROGRAM
    title: str = _NO_TITLE
    contact_name: str = "A customer"
    excerpt: str | None = None
    thread_id: str | None = None
    count: int = 1
    changed: tuple[str, ...] = ()
    detail: str = ""
    target: str = ""
    fault: str = ""
    delivery_kind: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Facts":
        """What a statement found (see `sql.FACTS`)."""
        by_key = (stored["key_label"] or "A key") if stored["is_by_key"] else _PROGRAM
        return cls(
            reason=stored["reason"],
            event_type=stored["event_type"],
            actor_name=one_line(stored["actor_name"] or by_key, _MAX_NAME),
            title=one_line(stored["title"] or "", _MAX_TITLE) or _NO_TITLE,
            contact_name=one_line(stored["contact_name"] or "A customer", _MAX_NAME),
            excerpt=one_line(stored["excerpt"] or "", _MAX_EXCERPT) or None,
            thread_id=stored["thread_id"],
            count=max(stored["count"] or 1, 1),
            changed=tuple(stored["changed"]),
            detail=one_line(stored["detail"] or "", _MAX_NAME),
            target=one_line(stored["target"] or "", _MAX_NAME),
            fault=one_line(stored["fault"] or "", _MAX_EXCERPT),
            delivery_kind=stored["delivery_kind"] or "",
        )


def one_line(text: str, length: int) -> str:
    """Text in one line, of at most so many characters: the last one says that more was there."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def words_of(facts: Facts, site: str = "") -> NoticeWords:
    """What a notice says; the link leads to `site`, the address of the inbox."""
    subject, sentence = _SAID[facts.reason](facts)
    link = f"{site}{_path(facts)}"
    return NoticeWords(subject, sentence, facts.excerpt, link, _actor(facts))


def _actor(facts: Facts) -> str:
    return facts.contact_name if facts.reason in {"reply", "new_thread"} else facts.actor_name


def _path(facts: Facts) -> str:
    if facts.thread_id is not None and facts.count == 1:
        return f"/inbox/open/{facts.thread_id}"
    return "/inbox/my" if facts.thread_id is not None else "/settings"


def _mentioned(facts: Facts) -> tuple[str, str]:
    said = f"{facts.actor_name} mentioned you in a comment on “{facts.title}”."
    return f"{facts.actor_name} mentioned you: {facts.title}", said


def _assigned(facts: Facts) -> tuple[str, str]:
    if facts.count > 1:
        what = f"{facts.count:,} threads"
        return f"{what} are yours", f"{facts.actor_name} assigned {what} to you."
    said = f"{facts.actor_name} assigned “{facts.title}” to you."
    return f"Assigned to you: {facts.title}", said


def _reply(facts: Facts) -> tuple[str, str]:
    said = f"{facts.contact_name} wrote in “{facts.title}”, which is assigned to you."
    return f"{facts.contact_name} replied: {facts.title}", said


def _comment(facts: Facts) -> tuple[str, str]:
    said = f"{facts.actor_name} commented on “{facts.title}”, which is assigned to you."
    return f"{facts.actor_name} commented: {facts.title}", said


def _snooze_ended(facts: Facts) -> tuple[str, str]:
    said = f"The snooze of “{facts.title}” has ended, and it is open again."
    return f"Open again: {facts.title}", said


def _new_thread(facts: Facts) -> tuple[str, str]:
    return f"New: {facts.title}", f"{facts.contact_name} began “{facts.title}”."


def _delivery_dead(facts: Facts) -> tuple[str, str]:
    what = _KINDS.get(facts.delivery_kind, "Something")
    # A webhook is called by its id there, which says nothing to people.
    target = "a webhook" if facts.delivery_kind == "event" else facts.target
    to = f" to {target}" if target else ""
    why = f": {facts.fault}" if facts.fault else ""
    if facts.event_type == "delivery.bounced":
        said = f"{what}{to} came back{why}"
        whence = f" from {target}" if target else ""
        return f"Came back{whence}", said if said.endswith(".") else f"{said}."
    said = f"{what}{to} could not be delivered, and is not tried again{why}"
    return f"Not delivered{to}", said if said.endswith(".") else f"{said}."


def _mailbox_down(facts: Facts) -> tuple[str, str]:
    name = facts.detail or "A mailbox"
    if facts.event_type == "mailbox.thread_paused":
        said = f"{name} holds back the mail of a thread that has had too much within an hour."
        return f"Mail of a thread waits: {name}", said
    if facts.event_type == "mailbox.paused":
        return (
            f"Mail is paused: {name}",
            f"{name} sends no mail for now, and what is to leave waits.",
        )
    return f"Mail is down: {name}", f"{name} sends no mail at present. What is to leave waits."


def _webhook_disabled(facts: Facts) -> tuple[str, str]:
    name = facts.detail or "A webhook"
    return f"Webhook disabled: {name}", f"{name} said that it is gone, and gets no events any more."


def _webhook_paused(facts: Facts) -> tuple[str, str]:
    name = facts.detail or "A webhook"
    said = f"{name} has not answered for days and is paused; what is to reach it waits."
    return f"Webhook paused: {name}", said


def _asked(facts: Facts) -> tuple[str, str]:
    names = _names(facts.changed)
    if facts.event_type == "thread.created":
        return f"New: {facts.title}", f"{facts.actor_name} began “{facts.title}”."
    if facts.count > 1:
        said = f"{facts.actor_name} changed {names} of {facts.count:,} threads."
        return f"{facts.count:,} threads changed", said
    said = f"{facts.actor_name} changed {names} of “{facts.title}”."
    return f"Changed: {facts.title}", said


def _names(changed: tuple[str, ...]) -> str:
    """The fields that changed, as a sentence has them."""
    names = [_FIELDS.get(each, each) for each in changed if not each.startswith(_UNTOLD)]
    if not names:
        return "something"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


_SAID: dict[Reason, Callable[[Facts], tuple[str, str]]] = {
    "mentioned": _mentioned,
    "assigned": _assigned,
    "delivery_dead": _delivery_dead,
    "reply": _reply,
    "comment": _comment,
    "snooze_ended": _snooze_ended,
    "new_thread": _new_thread,
    "mailbox_down": _mailbox_down,
    "webhook_disabled": _webhook_disabled,
    "webhook_paused": _webhook_paused,
    "asked": _asked,
}
