"""What a thread may become, of what it is and what was sent. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane import events
from looplane.events import Values
from looplane.kit.html import is_blank
from looplane.kit.references import reference_ids

Thread = dict[str, Any]
Sent = Mapping[str, Any]

# Fields that are set to what was sent.
_PLAIN = ("text", "title", "pain_level")
# Fields that hold HTML.
HTML_FIELDS = ("text", "ai_draft_html")
# Fields that may be very long.
TEXTS = (*HTML_FIELDS, "ai_draft_sources")
# Fields that say which tags a thread has.
TAG_FIELDS = {"tag_ids", "add_tag_ids", "remove_tag_ids"}
# Fields that are ours alone, and those that another thing's event tells of.
_INTERNAL = {"last_snoozed_until", "html_version", "contact_company_id"}
# What the outside calls a state.
_STATUS = {"new": "open", "open": "open", "snoozed": "snoozed", "done": "done", "closed": "done"}


def state_faults(before: Thread, sent: Sent, now: datetime) -> list[str]:
    """What is wrong with the status that was sent, given the one there is."""
    status = sent.get("status") or _STATUS[before["state"]]
    until = sent.get("snoozed_until")
    faults = []
    if sent.get("status") == "snoozed" and until is None:
        faults.append("snoozed_until: is required with status snoozed")
    if until is not None and status != "snoozed":
        faults.append("snoozed_until: goes only with status snoozed, or a thread that is snoozed")
    if until is not None and until <= now:
        faults.append("snoozed_until: must be in the future")
    if sent.get("closed_loop") and status != "done":
        faults.append("closed_loop: only a thread that is done can be closed")
    return faults


def creation_faults(sent: Sent, now: datetime) -> list[str]:
    """What is wrong with the status and the dates of a new thread."""
    faults = state_faults({"state": "new"}, sent, now)
    created, updated = (sent.get(f"{name}_at") for name in ("created", "updated"))
    faults += [
        f"{name}: must not be in the future"
        for name, moment in (("created_at", created), ("updated_at", updated))
        if moment and moment > now
    ]
    if updated and updated < (created or now):
        faults.append("updated_at: must not be before created_at")
    return faults


def created(sent: Sent, now: datetime) -> Thread:
    """State and dates of a new thread; `sent` has no fault."""
    at = sent.get("created_at", now)
    state = {"open": "new"}.get(status := sent.get("status", "open"), status)
    until = sent.get("snoozed_until")
    return {
        "state": state,
        "snoozed_until": until,
        "last_snoozed_until": until,
        "created_at": at,
        "updated_at": sent.get("updated_at", at),
    }


def next_state(before: Thread, sent: Sent, now: datetime) -> Thread:
    """The fields of the state machine, after `sent`; `sent` has no state fault."""
    state = _target(before["state"], sent)
    after: Thread = {"state": state}
    if state == "snoozed":
        after["snoozed_until"] = sent.get("snoozed_until") or before["snoozed_until"]
        after["last_snoozed_until"] = after["snoozed_until"]
    else:
        after["snoozed_until"] = None
    if state != before["state"]:
        after["last_state_change_at"] = now
    return after


def _target(state: str, sent: Sent) -> str:
    status = sent.get("status")
    if status == "open":
        return "new" if state == "new" else "open"
    if status == "snoozed":
        return "snoozed"
    if status == "done" or _STATUS[state] == "done":
        closed = sent.get("closed_loop", state == "closed")
        return "closed" if closed else "done"
    return state


def woken(now: datetime) -> Thread:
    """What a snoozed thread becomes when its time comes."""
    return {"state": "open", "snoozed_until": None, "is_read": False, "last_state_change_at": now}


def answered(before: Thread, now: datetime) -> Thread:
    """The thread after we sent a message: what was drafted for it is done with."""
    after = {**before, **next_draft(before, {"ai_draft_html": None}, now)}
    after["last_outbound_message_at"] = _later(before["last_outbound_message_at"], now)
    if before["state"] == "new":
        after |= {"state": "open", "last_state_change_at": now}
    return after


def received(before: Thread, now: datetime) -> Thread:
    """The thread after a message came in. A draft stays, and is older than the message.

    Every snooze ends: there is none yet that lasts whatever happens.
    """
    last = _later(before["last_inbound_message_at"], now)
    after = {**before, "last_inbound_message_at": last, "is_read": False}
    if _STATUS[before["state"]] != "open":
        after |= woken(now)
    return after


def _later(moment: datetime | None, now: datetime) -> datetime:
    return now if moment is None else max(moment, now)


def next_draft(before: Thread, sent: Sent, now: datetime) -> Thread:
    """The fields of the AI draft, after `sent`."""
    after: Thread = {}
    if "ai_draft_html" in sent:
        html = sent["ai_draft_html"] or None
        if html is None:
            after |= {
                "ai_draft_html": None,
                "ai_draft_sources": None,
                "ai_draft_generated_at": None,
            }
        elif not _same_draft(before, sent, html):
            after |= {"ai_draft_html": html, "ai_draft_sources": None, "ai_draft_generated_at": now}
            after |= {"ai_draft_started_at": None, "ai_draft_error_at": None}
    if "ai_draft_sources" in sent:
        after["ai_draft_sources"] = sent["ai_draft_sources"]
    if sent.get("clear_ai_draft_error"):
        after["ai_draft_error_at"] = None
    return after


def is_draft_stale(thread: Thread) -> bool:
    """Whether a message came in after the draft was made, which it therefore does not know."""
    generated, inbound = thread["ai_draft_generated_at"], thread["last_inbound_message_at"]
    return generated is not None and inbound is not None and generated < inbound


def _same_draft(before: Thread, sent: Sent, html: str) -> bool:
    """Whether the draft sent is the one there is, to its sources, and nothing is under way.

    One that is older than the last message is made anew, though it may say the same.
    """
    return (
        before["ai_draft_html"] == html
        and before["ai_draft_sources"] == sent.get("ai_draft_sources")
        and before["ai_draft_started_at"] is None
        and before["ai_draft_error_at"] is None
        and not is_draft_stale(before)
    )


def draft_faults(before: Thread, sent: Sent) -> list[str]:
    """What is wrong with the draft that was sent."""
    draft = sent.get("ai_draft_html", before["ai_draft_html"])
    if sent.get("ai_draft_sources") is not None and not draft:
        return ["ai_draft_sources: go only with a draft, and there is none"]
    return []


def next_links(before: Thread, sent: Sent) -> Thread:
    """Contact, company, assignee, tags and project, after `sent`; its ids are known to exist.

    `contact_company_id` is of the contact that the thread is to have.
    """
    after: Thread = {}
    if "assignee_id" in sent:
        after["assignee_id"] = _id(sent["assignee_id"])
    if "contact_id" in sent and (contact := _id(sent["contact_id"])) != before["contact_id"]:
        after |= {"contact_id": contact, "company_id": before["contact_company_id"]}
    if "company_id" in sent:
        after["company_id"] = _id(sent["company_id"])
        if after.get("contact_id", before["contact_id"]):
            after["contact_company_id"] = after["company_id"]
    if sent.keys() & TAG_FIELDS:
        after["tag_ids"] = _next_tag_ids(before["tag_ids"], sent)
    if "project_id" in sent:
        project = _id(sent["project_id"])
        # A project that is linked anyway needs no link of this field.
        after["project_id"] = None if project in before["linked_project_ids"] else project
    return after


def _next_tag_ids(before: frozenset[UUID], sent: Sent) -> frozenset[UUID]:
    """The tags after `sent`, which names all of them, or those that come and those that go."""
    whole = reference_ids(sent, "tag_ids") if "tag_ids" in sent else before
    added, removed = (reference_ids(sent, f"{verb}_tag_ids") for verb in ("add", "remove"))
    return frozenset(whole).union(added).difference(removed)


def apply(before: Thread, sent: Sent, now: datetime, html_version: int) -> Thread:
    """The thread after `sent`, which has no fault and was cleaned by `html_version`."""
    plain = {name: sent[name] for name in _PLAIN if name in sent}
    after = {
        **before,
        **plain,
        **next_links(before, sent),
        **next_state(before, sent, now),
        **next_draft(before, sent, now),
    }
    if any(after[name] != before[name] for name in HTML_FIELDS):
        # The other of the two stays as it was cleaned.
        after["html_version"] = min(before["html_version"], html_version)
    return after


def cleaned(before: Thread, html: Sent, now: datetime, html_version: int) -> Thread:
    """The thread with all of its HTML cleaned anew; a draft that shows nothing any more is none."""
    after = {**before, **html, "html_version": html_version}
    draft = html["ai_draft_html"]
    if draft != before["ai_draft_html"] and is_blank(draft):
        after |= next_draft(before, {"ai_draft_html": None}, now)
    return after


def difference(before: Thread, after: Thread) -> tuple[Values, Values]:
    """What differs, as it was and as it is, in the words of the API: so events tell of it."""
    names = [name for name in after if before[name] != after[name] and name not in _INTERNAL]
    return events.difference(in_api_words(before, names), in_api_words(after, names))


def internal_before(before: Thread, after: Thread) -> Values | None:
    """The columns that differ and that no event tells of, as they were.

    With HTML that was another one there is the version of the cleaner that had cleaned it.
    """
    names = {"state", "last_snoozed_until", "html_version"}
    untold = {name: before[name] for name in names if before[name] != after[name]}
    if any(before[name] != after[name] for name in HTML_FIELDS):
        untold["html_version"] = before["html_version"]
    return untold or None


def in_api_words(thread: Sent, names: Iterable[str]) -> Thread:
    """The fields with these names, as the API calls them and what they hold."""
    shown = {name: thread[name] for name in names}
    if (state := shown.pop("state", None)) is not None:
        shown |= {"status": _STATUS[state], "closed_loop": state == "closed"}
    if "tag_ids" in shown:
        shown["tag_ids"] = sorted(map(str, shown["tag_ids"]))
    return shown


def events_of(before: Thread, after: Thread) -> list[str]:
    """The types of the events that tell of a change."""
    types: list[str] = ["thread.updated"]
    if _STATUS[before["state"]] != _STATUS[after["state"]]:
        types.append("thread.status_changed")
    if before["assignee_id"] != after["assignee_id"]:
        types.append("thread.assigned")
    if before.get("tag_ids") != after.get("tag_ids"):
        types.append("thread.tagged")
    return types


def notices(
    notify: Mapping[str, bool],
    assignee_id: UUID | None,
    watchers: Sequence[UUID],
    actor_id: UUID | None,
) -> list[dict[str, object]]:
    """Who in the team is to be told, by channel; never the one who acts."""
    planned: list[dict[str, object]] = []
    if notify.get("slack"):
        planned.append({"channel": "slack"})
    if notify.get("email"):
        to = [assignee_id] if assignee_id else watchers
        others = [str(each) for each in to if each != actor_id]
        planned.append({"channel": "email", "member_ids": others})
    return planned


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
