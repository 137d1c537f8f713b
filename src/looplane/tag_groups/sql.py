"""Every statement on tag groups."""

from looplane.kit.sqltext import columns, timestamps
from looplane.resources import Resource

TAG_GROUP = Resource(
    noun="tag group",
    table="tag_groups",
    alias="gg",
    columns=("name", "color"),
    json=columns("gg", "id", "name", "color") | timestamps("gg"),
)

# A tag that is about to come into the group holds the group, so nothing comes in meanwhile.
HAS_TAGS = """
select exists (select from tags g
  where g.workspace_id = $1 and g.tag_group_id = $2 and g.deleted_at is null)"""
