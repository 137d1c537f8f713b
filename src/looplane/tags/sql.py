"""Every statement on tags."""

from looplane.filters import contains_by_index, refers_to
from looplane.foreign_keys import ForeignKey
from looplane.kit.sqltext import columns, timestamps
from looplane.resources import Resource

TAG = Resource(
    noun="tag",
    table="tags",
    alias="g",
    columns=("name", "color", "icon", "tag_group_id"),
    json=columns("g", "id", "name", "color", "icon", "tag_group_id") | timestamps("g"),
    references={"tag_group_id": ForeignKey("tag group", "tag_groups")},
    filters={
        "name_contains": contains_by_index("g.name_key"),
        "tag_group_id": refers_to("g.tag_group_id"),
    },
)

# The tags of thread `t`, by name as people order names.
OF_THREAD = f"""
(select coalesce(json_agg({TAG.body} order by g.name_key, g.id), '[]'::json)
 from thread_tags tt
 join tags g on g.workspace_id = tt.workspace_id and g.id = tt.tag_id and g.deleted_at is null
 where tt.workspace_id = t.workspace_id and tt.thread_id = t.id)"""

# A tag that was deleted leaves every thread.
DELETE_FROM_THREADS = """
delete from thread_tags where workspace_id = $1 and tag_id = $2 returning thread_id"""
# … and comes back to the threads $3.
INSERT_INTO_THREADS = """
insert into thread_tags (workspace_id, thread_id, tag_id, thread_created_at)
select $1, t.id, $2, t.created_at from threads t
where t.workspace_id = $1 and t.id = any ($3::uuid[])
on conflict do nothing"""
