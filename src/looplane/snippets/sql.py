"""Every statement on snippets."""

from looplane import events
from looplane.filters import contains_by_index, refers_to
from looplane.foreign_keys import ForeignKey
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.sqltext import columns, timestamps
from looplane.resources import Resource

SNIPPET = Resource(
    noun="snippet",
    table="snippets",
    alias="sn",
    columns=("title", "html", "folder_id"),
    json=columns("sn", "id", "title", "html", "folder_id") | timestamps("sn"),
    written_with={"html": {"html_version": CLEANER_VERSION}},
    references={"folder_id": ForeignKey("snippet folder", "snippet_folders")},
    filters={
        "title_contains": contains_by_index("sn.title_key"),
        "folder_id": refers_to("sn.folder_id"),
    },
    size="octet_length(sn.html)",
)

# What is in the folder $2, held. Whatever is about to come into it holds the folder meanwhile.
HOLD_IN_FOLDER = """
select sn.id, sn.updated_at from snippets sn
where sn.workspace_id = $1 and sn.folder_id = $2 and sn.deleted_at is null
order by sn.id for update"""

# Puts the snippets $2 into the folder $3, or into none where it is null. $1 workspace, $4 write.
MOVE = f"""
with w as materialized ({events.WRITE.format("$4")}),
sn as (
  update snippets sn set folder_id = $3, version = sn.version + 1, updated_at = w.created_at
  from w where sn.workspace_id = $1 and sn.id = any ($2) returning sn.*)
{events.insert("sn", SNIPPET.body, "sn.id", "sn.version")}"""
