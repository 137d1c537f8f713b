"""Every statement on files."""

from looplane.kit.sqltext import columns, iso
from looplane.resources import Resource

_SHOWN = ("url", "name", "content_type", "size", "sha256")

FILE = Resource(
    noun="file",
    table="files",
    alias="f",
    columns=(*_SHOWN, "secret_hash", "storage_key"),
    json=columns("f", "id", *_SHOWN) | {"created_at": iso("f.created_at")},
    events=("created",),
)

# One more upload of a day, unless there were $3 already. $1 workspace, $2 day.
COUNT_UPLOAD = """
insert into upload_days as d (workspace_id, day, uploads) values ($1, $2, 1)
on conflict (workspace_id, day) do update set uploads = d.uploads + 1 where d.uploads < $3
returning uploads"""

GET_UPLOADS = "select uploads from upload_days where workspace_id = $1 and day = $2"

DELETE_DAYS = "delete from upload_days where day < $1"

# The file that a secret with this digest opens.
FIND_SERVED = """
select name, content_type, size, sha256, storage_key from files
where secret_hash = $1 and deleted_at is null"""

# Those of the keys $1 that are of a workspace of ours, and of none of its files.
LIST_ORPHANS = """
select k.key from unnest($1::text[]) as k(key)
where exists (select from workspaces w where w.id::text = split_part(k.key, '/', 1))
  and not exists (select from files f where f.storage_key = k.key and f.deleted_at is null)"""
