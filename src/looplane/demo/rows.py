"""From content to rows: people, companies, tags, projects and issues."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from looplane.demo.schemas import Company, Content, Issue, Project, Tag, TagGroup
from looplane.members.invites.rules import LIFETIME

Row = dict[str, object]

# Every id is this and a slug, so that a link into one demo workspace fits all of them.
NAMESPACE = UUID("6c1f0a52-7d0b-5b0e-9a4e-2f6f6d0c3b71")


def ident(noun: str, slug: str | None) -> UUID | None:
    """The id of the `noun` with that slug; no slug, no id."""
    return None if slug is None else uuid5(NAMESPACE, f"{noun}/{slug}")


def ago(now: datetime, *, days: float = 0, hours: float = 0) -> datetime:
    """The moment that long before `now`, in whole milliseconds as every moment that is stored."""
    return now - timedelta(
        milliseconds=round(timedelta(days=days, hours=hours).total_seconds() * 1000)
    )


def stamps(now: datetime, age_days: float, updated_age_days: float | None = None) -> Row:
    """`created_at` and `updated_at`; the same moment unless the second age is given."""
    updated = age_days if updated_age_days is None else updated_age_days
    return {"created_at": ago(now, days=age_days), "updated_at": ago(now, days=updated)}


def staff(content: Content) -> frozenset[str]:
    """The slugs of the members; whoever else writes is a customer."""
    return frozenset(member.slug for member in content.workspace.members)


def members(content: Content, now: datetime) -> list[Row]:
    """Rows of `members`."""
    return [
        {
            **member.model_dump(exclude={"slug", "age_days"}),
            "id": ident("member", member.slug),
            "joined_at": ago(now, days=member.age_days),
        }
        for member in content.workspace.members
    ]


def portals(content: Content, now: datetime) -> list[Row]:
    """Rows of `portal_instances`."""
    return [
        {
            **portal.model_dump(include={"slug", "name", "language"}),
            "id": ident("portal", portal.slug),
            **stamps(now, portal.age_days),
        }
        for portal in content.workspace.portals
    ]


def invites(content: Content, now: datetime) -> list[Row]:
    """Rows of `invites` that nobody has accepted; no token opens them."""
    return [
        {
            **invite.model_dump(include={"name", "email", "role"}),
            "id": ident("invite", invite.slug),
            "invited_by_id": ident("member", invite.invited_by),
            "expires_at": ago(now, days=invite.age_days) + LIFETIME,
            **stamps(now, invite.age_days),
        }
        for invite in content.workspace.invites
    ]


def blocked_senders(content: Content, now: datetime) -> list[Row]:
    """Rows of `blocked_senders`."""
    return [
        {
            **sender.model_dump(include={"type", "value"}),
            "id": ident("blocked_sender", sender.value),
            **stamps(now, sender.age_days),
        }
        for sender in content.workspace.blocked_senders
    ]


def companies(content: Content, now: datetime) -> list[Row]:
    """Rows of `companies`; status and tier by name."""
    there = [_company(company, now) for company in content.companies]
    return there + [
        {
            **_company(merge.source, now),
            "merged_into_id": ident("company", merge.into),
            "deleted_at": ago(now, hours=merge.age_hours),
            "updated_at": ago(now, hours=merge.age_hours),
            "version": 2,
        }
        for merge in content.company_merges
    ]


def _company(company: Company, now: datetime) -> Row:
    return {
        **company.model_dump(exclude={"slug", "owner", "age_days"}),
        "id": ident("company", company.slug),
        "owner_id": ident("member", company.owner),
        "version": 1,
        **stamps(now, company.age_days),
    }


def contacts(content: Content, now: datetime) -> list[Row]:
    """Rows of `contacts`; the database makes a membership of each primary company."""
    moved = {slug: merge for merge in content.company_merges for slug in merge.contacts}
    return [
        {
            **contact.model_dump(exclude={"slug", "company", "also_of", "age_days"}),
            "id": ident("contact", contact.slug),
            "company_id": ident("company", contact.company),
            "version": 2 if contact.slug in moved else 1,
            **stamps(
                now,
                contact.age_days,
                moved[contact.slug].age_hours / 24 if contact.slug in moved else None,
            ),
        }
        for contact in content.contacts
    ]


def contact_companies(content: Content, now: datetime) -> list[Row]:
    """Rows of `contact_companies` beside those of the primary companies."""
    age_of = {company.slug: company.age_days for company in content.companies}
    return [
        {
            "contact_id": ident("contact", contact.slug),
            "company_id": ident("company", company),
            "contact_created_at": ago(now, days=contact.age_days),
            "created_at": ago(now, days=min(contact.age_days, age_of[company])),
        }
        for contact in content.contacts
        for company in contact.also_of
    ]


def tag_groups(content: Content, now: datetime) -> list[Row]:
    """Rows of `tag_groups`."""
    return [_colored("tag_group", group, now) for group in content.tags.groups]


def tags(content: Content, now: datetime) -> list[Row]:
    """Rows of `tags`."""
    return [
        {**_colored("tag", tag, now), "tag_group_id": ident("tag_group", tag.group)}
        for tag in content.tags.tags
    ]


def _colored(noun: str, entry: TagGroup | Tag, now: datetime) -> Row:
    return {
        **entry.model_dump(exclude={"slug", "group", "age_days"}),
        "id": ident(noun, entry.slug),
        **stamps(now, entry.age_days),
    }


def projects(content: Content, now: datetime) -> list[Row]:
    """Rows of `projects`; status by name."""
    return [_tracked("project", project, now) for project in content.projects]


def issues(content: Content, now: datetime) -> list[Row]:
    """Rows of `issues`; state by name."""
    return [
        {
            **_tracked("issue", issue, now),
            "label_ids": issue.labels,
            "project_id": ident("project", issue.project),
            "assignee_id": ident("member", issue.assignee),
        }
        for issue in content.issues
    ]


def _tracked(noun: str, entry: Project | Issue, now: datetime) -> Row:
    left_out = {"slug", "project", "assignee", "labels", "age_days", "updated_age_days"}
    return {
        **entry.model_dump(exclude=left_out),
        "id": ident(noun, entry.slug),
        **stamps(now, entry.age_days, entry.updated_age_days),
    }
