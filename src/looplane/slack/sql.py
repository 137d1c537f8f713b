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
select token from slack_connections where workspace_id = $1 and id = $2 and deleted_at is null"""
