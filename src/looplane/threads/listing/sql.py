"""Every list of threads."""

from looplane.changes import refuse
from looplane.contacts.sql import add_external_id
from looplane.kit.answers import Answer
from looplane.kit.auth import By
from looplane.kit.db import Connection
from looplane.kit.ids import known_id
from looplane.kit.paging import Where, by_moment, fetch_page
from looplane.threads.schemas import Tab, ThreadQuery
from looplane.threads.sql import SELECT

# The tabs that are the same for everyone.
_VIEWS = {
    "open": "t.status = 'open'",
    "new": "t.state = 'new'",
    "snoozed": "t.status = 'snoozed'",
    "done": "t.status = 'done'",
}
# The threads of a tag stand in their order in an index of the tag's.
SELECT_TAGGED = f"""
{SELECT.replace("t.id from", "t.id, tt.thread_created_at from")}
join thread_tags tt on tt.workspace_id = t.workspace_id and tt.thread_id = t.id"""
_BY_TAG = by_moment("tt.thread_created_at", "tt.thread_id")


async def list_threads(con: Connection, by: By, query: ThreadQuery) -> Answer:
    """A page of threads as the caller sees them. Raises ValidationFailed, Unprocessable."""
    where = Where(by.workspace_id, "t", by.member_id)
    where.add_dates(query)
    if query.tab is not None:
        _add_tab(where, by, query.tab)
    for column in ("status", "pain_level", "origin"):
        if (value := getattr(query, column)) is not None:
            where.add(f"t.{column} = {{}}", value)
    for column, alias in (("assignee_id", "ta"), ("contact_id", "ct"), ("company_id", "co")):
        if (text := getattr(query, column)) is not None:
            where.add(f"t.{column} = {{}} and {alias}.id is not null", known_id(text))
    _add_links(where, query)
    if query.external_id is not None:
        where.add("t.external_ids <> '{{}}'")  # as its index says
        add_external_id(where, query.external_id)
    tagged = query.tag_id is not None
    select, sort = (SELECT_TAGGED, _BY_TAG) if tagged else (SELECT, None)
    return Answer(await fetch_page(con, select, where, query, sort))


def _add_tab(where: Where, by: By, tab: Tab) -> None:
    if tab in _VIEWS:
        where.add(_VIEWS[tab])
        return
    if by.member_id is None:
        refuse([f"tab: {tab} needs a key that belongs to a member"])
    waiting = " and t.waits" if tab == "needs-response" else ""
    where.add(f"t.assignee_id = {{}} and t.status = 'open'{waiting}", by.member_id)


def _add_links(where: Where, query: ThreadQuery) -> None:
    """Adds what hangs on a thread; that it was not deleted is asked apart, once."""
    links = (
        ("tag_id", "tags", "tt.workspace_id = $1 and tt.tag_id = {0}"),
        ("project_id", "projects", _NEEDED.format(field="project_id")),
        ("issue_id", "issues", _NEEDED.format(field="issue_id")),
    )
    for field, table, linked in links:
        if (text := getattr(query, field)) is not None:
            alive = f"select from {table} x where x.workspace_id = $1 and x.id = {{0}}"
            where.add(f"{linked} and exists ({alive} and x.deleted_at is null)", known_id(text))


_NEEDED = """exists (select from customer_needs n
  where n.workspace_id = $1 and n.thread_id = t.id and n.{field} = {{0}})"""
