"""From content to rows: threads, their tags, and the needs they speak for."""

from datetime import datetime, timedelta

from looplane.demo.rows import Row, ago, ident, staff, stamps
from looplane.demo.schemas import Content, Draft, Need, Thread
from looplane.kit.html import CLEANER_VERSION, clean
from looplane.threads.listing.views.rules import as_stored

# Snoozes end when people start work, in UTC.
_MORNING = 8


def threads(content: Content, now: datetime) -> list[Row]:
    """Rows of `threads`."""
    company_of = {contact.slug: contact.company for contact in content.contacts}
    return [
        {
            **thread.model_dump(
                include={"title", "origin", "state", "pain_level", "is_read", "external_ids"}
            ),
            "id": ident("thread", thread.slug),
            "text": clean("".join(thread.messages[0].html)),
            "html_version": CLEANER_VERSION,
            "contact_id": ident("contact", thread.contact),
            "company_id": ident("company", thread.company or company_of[thread.contact]),
            "assignee_id": ident("member", thread.assignee),
            "reporter_id": ident("member", thread.reporter),
            "snoozed_until": _snoozed_until(thread, now),
            "version": 2 if has_moved(content, thread) else len(moments_of(content, thread, now)),
            **_moments(content, thread, now),
            **_draft(thread.draft, now),
        }
        for thread in content.threads
    ]


def _snoozed_until(thread: Thread, now: datetime) -> datetime | None:
    if thread.snoozed_days is None:
        return None
    morning = now.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    return morning + timedelta(days=thread.snoozed_days)


def _moments(content: Content, thread: Thread, now: datetime) -> Row:
    ours = staff(content)
    inbound = [m.age_hours for m in thread.messages if m.sender not in ours]
    outbound = [m.age_hours for m in thread.messages if m.sender in ours]
    ages = {
        "created_at": thread.messages[0].age_hours,
        "updated_at": min(_ages_of_changes(content, thread)),
        "last_inbound_message_at": min(inbound, default=None),
        "last_outbound_message_at": min(outbound, default=None),
        "last_state_change_at": _state_changed_age(content, thread),
        "last_snoozed_until": thread.last_snoozed_until_age_hours,
    }
    return {column: _at(age, now) for column, age in ages.items()}


def _state_changed_age(content: Content, thread: Thread) -> float | None:
    """The first answer opens a thread, unless its state changed again after that."""
    ours = staff(content)
    answered = max((m.age_hours for m in thread.messages if m.sender in ours), default=None)
    return _first(thread.state_changed_age_hours, thread.last_snoozed_until_age_hours, answered)


def _ages_of_changes(content: Content, thread: Thread) -> list[float]:
    """Hours since whatever changed it, and since it was made."""
    ages = [
        _state_changed_age(content, thread),
        *(message.age_hours for message in thread.messages),
        *(comment.age_hours for comment in thread.comments),
        *(_need_age(content, thread, need) for need in _needs(thread)),
        *_ages(thread.draft),
        _moved_age(content, thread),
    ]
    return [age for age in ages if age is not None]


def moments_of(content: Content, thread: Thread, now: datetime) -> list[datetime]:
    """When a thread was made, and when it changed since."""
    return sorted({ago(now, hours=age) for age in _ages_of_changes(content, thread)})


def has_moved(content: Content, thread: Thread) -> bool:
    """Whether it moved to another company with all that its company had."""
    return _moved_age(content, thread) is not None


def _moved_age(content: Content, thread: Thread) -> float | None:
    """Hours since it moved to another company with all that its company had."""
    merges = content.company_merges
    return next((merge.age_hours for merge in merges if thread.slug in merge.threads), None)


def _first(*ages: float | None) -> float | None:
    return next((age for age in ages if age is not None), None)


def _at(age_hours: float | None, now: datetime) -> datetime | None:
    return None if age_hours is None else ago(now, hours=age_hours)


def _ages(draft: Draft) -> tuple[float | None, ...]:
    return draft.started_age_hours, draft.error_age_hours, draft.generated_age_hours


def _draft(draft: Draft, now: datetime) -> Row:
    return {
        "ai_draft_html": None if draft.html is None else clean("".join(draft.html)),
        "ai_draft_sources": draft.sources,
        "ai_draft_started_at": _at(draft.started_age_hours, now),
        "ai_draft_error_at": _at(draft.error_age_hours, now),
        "ai_draft_generated_at": _at(draft.generated_age_hours, now),
    }


def views(content: Content, now: datetime) -> list[Row]:
    """Rows of `views`."""
    return [
        {
            **view.model_dump(include={"name", "sort"}),
            "id": ident("view", view.slug),
            "filters": as_stored(view.filters),
            "owner_id": ident("member", view.owner),
            "position": position,
            **stamps(now, view.age_days),
        }
        for position, view in enumerate(content.views, 1)
    ]


def thread_tags(content: Content, now: datetime) -> list[Row]:
    """Rows of `thread_tags`."""
    return [
        {
            "thread_id": ident("thread", thread.slug),
            "tag_id": ident("tag", tag),
            "thread_created_at": ago(now, hours=thread.messages[0].age_hours),
        }
        for thread in content.threads
        for tag in thread.tags
    ]


def customer_needs(content: Content, now: datetime) -> list[Row]:
    """Rows of `customer_needs`."""
    return [
        {
            "id": ident("customer_need", f"{thread.slug}/{need.project or need.issue}"),
            "thread_id": ident("thread", thread.slug),
            "project_id": ident("project", need.project),
            "issue_id": ident("issue", need.issue),
            "priority": need.priority,
            "is_of_project_field": thread.project is not None and need.project == thread.project,
            "created_at": ago(now, hours=_need_age(content, thread, need)),
            "updated_at": ago(now, hours=_need_age(content, thread, need)),
        }
        for thread in content.threads
        for need in _needs(thread)
    ]


def _needs(thread: Thread) -> list[Need]:
    of_field = [] if thread.project is None else [Need(project=thread.project, priority=0)]
    return [*of_field, *thread.needs]


def _need_age(content: Content, thread: Thread, need: Need) -> float:
    """Hours since both the thread and what it asks for were there."""
    asked_for = content.projects if need.issue is None else content.issues
    slug = need.issue or need.project
    age = next(entry.age_days * 24 for entry in asked_for if entry.slug == slug)
    return min(thread.messages[0].age_hours, age)
