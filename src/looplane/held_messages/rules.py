"""What is said of messages that are held back, and what is left of them to do. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from looplane.kit.errors import ApiError, NotFound, PreconditionFailed, ValidationFailed

NO_MEMBER = "Whoever wrote this was no member any more when it was to be sent."
VIEWER = "Your role no longer lets you send messages."
FAILED = "Something failed on our side; nothing was sent. Try again."


def read_change(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What becomes of a thread, from how it is stored."""
    sent = dict(stored)
    if "snoozed_until" in sent:
        sent["snoozed_until"] = datetime.fromisoformat(sent["snoozed_until"])
    return sent


def change_now(stored: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What becomes of a thread now: a snooze that would have ended by now is none."""
    sent = read_change(stored)
    until = sent.get("snoozed_until")
    return {} if until is not None and until <= now else sent


def change_faults(sent: Mapping[str, Any], now: datetime, seconds: int) -> list[str]:
    """What is wrong with a change that is to be in so many seconds."""
    until = sent.get("snoozed_until")
    if until is None or until <= now or until > now + timedelta(seconds=seconds):
        return []
    return ["then.snoozed_until: must be after the message is sent"]


def problem_of(error: ApiError) -> str:
    """Why a message could not be sent, in words for the one who wrote it."""
    match error:
        case PreconditionFailed():
            return "There was a newer message in the thread; nothing was sent."
        case NotFound():
            return "The thread was deleted; nothing was sent."
        case ValidationFailed(issues=issues):
            reasons = "; ".join(each.partition(": ")[2] or each for each in issues)
            return f"Nothing was sent: {reasons}."
    return f"Nothing was sent: {error.message}"
