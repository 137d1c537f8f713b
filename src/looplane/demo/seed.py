"""Fills a workspace with the demo."""

from datetime import datetime
from importlib.resources import files
from uuid import UUID

import orjson

from looplane.demo import message_rows, rows, sql, thread_rows
from looplane.demo.schemas import Content
from looplane.kit.database import Connection

# In the order in which the tables refer to each other.
_STEPS = (
    (sql.MEMBERS, rows.members),
    (sql.COMPANIES, rows.companies),
    (sql.CONTACTS, rows.contacts),
    (sql.TAG_GROUPS, rows.tag_groups),
    (sql.TAGS, rows.tags),
    (sql.PROJECTS, rows.projects),
    (sql.ISSUES, rows.issues),
    (sql.THREADS, thread_rows.threads),
    (sql.THREAD_TAGS, thread_rows.thread_tags),
    (sql.CUSTOMER_NEEDS, thread_rows.customer_needs),
    (sql.MESSAGES, message_rows.messages),
    (sql.COMMENTS, message_rows.comments),
)


def read_content() -> Content:
    """The files of content/. Raises ValidationError when one does not fit its shape."""
    folder = files(__package__) / "content"
    texts = {entry.name: entry.read_bytes() for entry in folder.iterdir()}
    parts = {name.removesuffix(".json"): orjson.loads(text) for name, text in texts.items()}
    threads = [parts.pop(name) for name in sorted(parts) if name.startswith("threads")]
    return Content(**parts, threads=[thread for some in threads for thread in some])


async def seed(con: Connection, workspace_id: UUID, now: datetime) -> None:
    """Fills an existing, empty workspace, as it would look at `now`; silently, with no events.

    The caller has a transaction open. Team, statuses and tiers are found by their names.
    """
    content = read_content()
    for statement, rows_of in _STEPS:
        await con.execute(statement, workspace_id, rows_of(content, now))
