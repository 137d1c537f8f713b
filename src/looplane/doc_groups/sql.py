"""Every statement on groups of articles."""

from looplane.doc_groups.schemas import DocGroupQuery
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.paging import fetch_whole_page
from looplane.kit.responses import Answer
from looplane.kit.sqltext import columns, timestamps
from looplane.portal_references import PORTAL, of_portal
from looplane.resources import Resource

_ARTICLE_COUNT = """
(select count(*) from doc_articles ga
 where ga.workspace_id = gr.workspace_id and ga.group_id = gr.id and ga.deleted_at is null)"""

DOC_GROUP = Resource(
    noun="doc group",
    table="doc_groups",
    alias="gr",
    columns=("name", "order", "portal_instance_id"),
    json=columns("gr", "id", "name")
    | {"order": "gr.position"}
    | columns("gr", "portal_instance_id")
    | {"article_count": _ARTICLE_COUNT}
    | timestamps("gr"),
    stored_as={"order": "position"},
    references={"portal_instance_id": PORTAL},
)

_IN_ORDER = "order by gr.position, gr.created_at, gr.id"
_ALL = f"""
select {DOC_GROUP.body}::text as body from doc_groups gr
where gr.workspace_id = $1 and gr.deleted_at is null"""
LIST = f"{_ALL} {_IN_ORDER}"
_OF_PORTAL = of_portal("gr")
LIST_OF_PORTAL = f"{_ALL} and {_OF_PORTAL.clause.format('$2')} {_IN_ORDER}"

# What puts a group behind all others.
LAST_ORDER = """
select coalesce(max(position), 0) + 1 from doc_groups
where workspace_id = $1 and deleted_at is null"""


async def list_groups(con: Connection, context: Context, query: DocGroupQuery) -> Answer:
    """All groups, or those of one portal, in their order and in one page."""
    if query.portal_instance_id is None:
        return Answer(await fetch_whole_page(con, LIST, context.workspace_id))
    args = (context.workspace_id, _OF_PORTAL.convert(query.portal_instance_id))
    return Answer(await fetch_whole_page(con, LIST_OF_PORTAL, *args))
