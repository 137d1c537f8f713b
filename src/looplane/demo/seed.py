"""Fills a workspace with the demo."""

from datetime import datetime
from importlib.resources import files
from uuid import UUID

import orjson

from looplane.demo import event_rows, merge_rows, message_rows, page_rows, rows, sql, thread_rows
from looplane.demo.schemas import Content
from looplane.kit.database import Connection

# In the order in which the tables refer to each other.
_STEPS = (
    (sql.MEMBERS, rows.members),
    (sql.PORTALS, rows.portals),
    (sql.INVITES, rows.invites),
    (sql.BLOCKED_SENDERS, rows.blocked_senders),
    (sql.COMPANIES, rows.companies),
    (sql.CONTACTS, rows.contacts),
    (sql.CONTACT_COMPANIES, rows.contact_companies),
    (sql.TAG_GROUPS, rows.tag_groups),
    (sql.TAGS, rows.tags),
    (sql.PROJECTS, rows.projects),
    (sql.ISSUES, rows.issues),
    (sql.THREADS, thread_rows.threads),
    (sql.VIEWS, thread_rows.views),
    (sql.THREAD_TAGS, thread_rows.thread_tags),
    (sql.CUSTOMER_NEEDS, thread_rows.customer_needs),
    (sql.THREAD_EVENTS, event_rows.thread_events),
    (sql.MESSAGES, message_rows.messages),
    (sql.COMMENTS, message_rows.comments),
    (sql.COMMENT_MENTIONS, message_rows.comment_mentions),
    (sql.DELIVERIES, message_rows.message_deliveries),
    (sql.COMPANY_MERGES, merge_rows.company_merges),
    (sql.COMPANY_MERGE_CONTACTS, merge_rows.company_merge_contacts),
    (sql.COMPANY_MERGE_THREADS, merge_rows.company_merge_threads),
    (sql.SNIPPET_FOLDERS, page_rows.snippet_folders),
    (sql.SNIPPETS, page_rows.snippets),
    (sql.CHANGELOG_TAGS, page_rows.changelog_tags),
    (sql.CHANGELOGS, page_rows.changelogs),
    (sql.CHANGELOG_TRANSLATIONS, page_rows.changelog_translations),
    (sql.CHANGELOG_TAG_LINKS, page_rows.changelog_tag_links),
    (sql.BROADCASTS, page_rows.broadcasts),
    (sql.DELIVERIES, page_rows.broadcast_deliveries),
    (sql.DOC_GROUPS, page_rows.doc_groups),
    (sql.DOC_ARTICLES, page_rows.doc_articles),
    (sql.DOC_ARTICLE_TRANSLATIONS, page_rows.doc_article_translations),
    (sql.DOC_DRAFTS, page_rows.doc_drafts),
)
# What is spread over several files.
_LISTS = {"threads": "threads_", "help_articles": "help_articles_"}


def read_content() -> Content:
    """The files of content/. Raises ValidationError when one does not fit its shape."""
    folder = files(__package__) / "content"
    texts = {entry.name: entry.read_bytes() for entry in folder.iterdir()}
    parts = {name.removesuffix(".json"): orjson.loads(text) for name, text in texts.items()}
    for whole, prefix in _LISTS.items():
        lists = [parts.pop(name) for name in sorted(parts) if name.startswith(prefix)]
        parts[whole] = [entry for each in lists for entry in each]
    return Content(**parts)


async def seed(con: Connection, workspace_id: UUID, now: datetime) -> None:
    """Fills an existing, empty workspace, as it would look at `now`.

    Threads have a history; of all else no events tell. The caller has a transaction open. Team,
    statuses and tiers are found by their names.
    """
    content = read_content()
    for statement, rows_of in _STEPS:
        await con.execute(statement, workspace_id, rows_of(content, now))
