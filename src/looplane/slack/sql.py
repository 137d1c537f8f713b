"""Every statement on connections to Slack."""

from looplane.kit.sqltext import columns, timestamps
from looplane.resources import Resource

SLACK_CONNECTION = Resource(
    noun="Slack connection",
    table="slack_connections",
    alias="sc",
    columns=("token", "notification_channel", "announcement_channel"),
    json=columns("sc", "id", "notification_channel", "announcement_channel") | timestamps("sc"),
    internal=frozenset({"token"}),
    events=("created", "updated", "deleted"),
    event_noun="slack_connection",
)

FIND_SEALED = """
select token, version from slack_connections
where workspace_id = $1 and id = $2 and deleted_at is null"""

# The connection by which a workspace writes. $1 workspace.
FIND_CONNECTION = """
select token, notification_channel, announcement_channel from slack_connections
where workspace_id = $1 and deleted_at is null
order by created_at desc, id desc limit 1"""

# $1 workspace, $2 a connection.
IS_ANOTHER_THERE = """
select exists (select from slack_connections
  where workspace_id = $1 and id <> $2 and deleted_at is null)"""

# Whether a workspace is connected. $1 workspace.
IS_CONNECTED = """exists (
    select from slack_connections sc where sc.workspace_id = $1 and sc.deleted_at is null)"""
