"""From content to rows: companies that went into others, such that it can be taken back."""

from datetime import datetime

from looplane.companies.sql import SETS
from looplane.demo.rows import Row, ago, ident
from looplane.demo.schemas import Content


def company_merges(content: Content, now: datetime) -> list[Row]:
    """Rows of `company_merges`: the survivors got what each source had in its sets."""
    return [
        {
            "id": ident("company_merge", merge.slug),
            "survivor_id": ident("company", merge.into),
            "source_id": ident("company", merge.source.slug),
            "filled": merge.source.model_dump(include=set(SETS)),
            "created_at": ago(now, hours=merge.age_hours),
        }
        for merge in content.company_merges
    ]


def company_merge_contacts(content: Content, now: datetime) -> list[Row]:
    """Rows of `company_merge_contacts`: those who moved from their primary company."""
    age_of = {contact.slug: contact.age_days for contact in content.contacts}
    return [
        {
            "merge_id": ident("company_merge", merge.slug),
            "contact_id": ident("contact", slug),
            "version": 2,
            "member_since": ago(now, days=age_of[slug]),
            "was_primary": True,
            "was_member": False,
        }
        for merge in content.company_merges
        for slug in merge.contacts
    ]


def company_merge_threads(content: Content, _now: datetime) -> list[Row]:
    """Rows of `company_merge_threads`, one for each merge."""
    return [
        {
            "merge_id": ident("company_merge", merge.slug),
            "batch": 0,
            "thread_ids": [ident("thread", slug) for slug in merge.threads],
            "versions": [2 for _ in merge.threads],
        }
        for merge in content.company_merges
    ]
