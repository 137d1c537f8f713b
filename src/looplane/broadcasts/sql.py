"""Every statement on broadcasts of changelogs."""

from looplane.kit.sqltext import columns, iso, json_object

_BODY = json_object(
    columns("b", "id", "changelog_id", "email", "slack", "message", "subject")
    | columns("b", "sender_name", "from_email", "recipients")
    | {"created_at": iso("b.created_at")}
)

# What decides whether changelog $2, which is held, goes out to the channels $3; and to how many.
# Deliveries are looked up by their event: those that are planned are of all workspaces.
FIND = """
select cl.published, cl.archived, cl.broadcast_at,
  exists (select from broadcasts b, lateral (
      select d.state, d.channel from deliveries d
      where d.workspace_id = b.workspace_id and d.event_id = b.event_id offset 0) d
    where b.workspace_id = $1 and b.changelog_id = cl.id
      and d.state in ('planned', 'queued') and d.channel = any ($3::text[])) as is_planned,
  case when 'email' = any ($3::text[]) then (select count(*) from contacts ct
    where ct.workspace_id = $1 and ct.is_subscribed and ct.deleted_at is null)
    else 0 end as recipients
from changelogs cl where cl.workspace_id = $1 and cl.id = $2"""

# $1 workspace, $2 columns.
INSERT = f"""
with b as (
  insert into broadcasts
  select * from jsonb_populate_record(null::broadcasts,
    $2 || jsonb_build_object('workspace_id', $1::uuid)) returning *)
select {_BODY}::text as body from b"""
