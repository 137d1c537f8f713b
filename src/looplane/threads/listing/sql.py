"""Every list of threads."""

from dataclasses import replace

from looplane import queries
from looplane.filters import exists
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import ValidationFailed
from looplane.kit.ids import parse_id
from looplane.kit.paging import Conditions
from looplane.kit.responses import Answer
from looplane.kit.sqltext import json_object
from looplane.threads.schemas import Tab, ThreadQuery
from looplane.threads.sql import THREAD, thread_body

# The tabs that are the same for everyone.
_TABS = {
    "open": "t.status = 'open'",
    "new": "t.state = 'new'",
    "snoozed": "t.status = 'snoozed'",
    "done": "t.status = 'done'",
}
# As the member $2 sees them.
LISTING = replace(THREAD.listing, body=json_object(thread_body("$2")))
# The threads of a tag stand in their order in an index of the tag's.
TAGGED = replace(
    LISTING,
    source="threads t join thread_tags tt"
    " on tt.workspace_id = t.workspace_id and tt.thread_id = t.id",
    key="tt.thread_created_at",
    id="tt.thread_id",
)
_OF_TAG = f"tt.workspace_id = $1 and tt.tag_id = {{0}} and {exists('tags')}"


async def list_threads(con: Connection, context: Context, query: ThreadQuery) -> Answer:
    """A page of threads as the caller sees them. Raises ValidationFailed, Unprocessable."""
    conditions = await queries.conditions_of(con, context, THREAD, query, context.member_id)
    if query.tab is not None:
        _add_tab(conditions, context, query.tab)
    if query.tag_id is None:
        return Answer(await LISTING.fetch(con, conditions, query))
    conditions.add(_OF_TAG, parse_id(query.tag_id))
    return Answer(await TAGGED.fetch(con, conditions, query))


def _add_tab(conditions: Conditions, context: Context, tab: Tab) -> None:
    if tab in _TABS:
        conditions.add(_TABS[tab])
        return
    if context.member_id is None:
        raise ValidationFailed([f"tab: {tab} needs a key that belongs to a member"])
    waiting = " and t.needs_response" if tab == "needs-response" else ""
    conditions.add(f"t.assignee_id = {{0}} and t.status = 'open'{waiting}", context.member_id)
