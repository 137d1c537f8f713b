"""Every statement on groups of articles."""

from looplane.kit.sqltext import columns, timestamps
from looplane.resources import ForeignKey, Resource

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
    references={"portal_instance_id": ForeignKey("portal instance", "portal_instances")},
)

# All groups, or those of the portal $3 where $2 says so, in their order.
LIST = f"""
select {DOC_GROUP.body}::text as body from doc_groups gr
where gr.workspace_id = $1 and gr.deleted_at is null
  and (not $2 or gr.portal_instance_id = $3 and exists (select from portal_instances p
    where p.workspace_id = $1 and p.id = $3 and p.deleted_at is null))
order by gr.position, gr.created_at, gr.id"""

# What puts a group behind all others.
LAST_ORDER = """
select coalesce(max(position), 0) + 1 from doc_groups
where workspace_id = $1 and deleted_at is null"""
