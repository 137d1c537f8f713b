"""What is posted in Slack, as it is read."""

# The connection by which a workspace writes. $1 workspace.
FIND_CONNECTION = """
select token, notification_channel, announcement_channel from slack_connections
where workspace_id = $1 and deleted_at is null
order by created_at desc, id desc limit 1"""

# Messages $2, and to what each answers: the last word of a customer that came by Slack.
MESSAGES = """
select m.id, m.text, s.name as sender, (
    select i.external_id from messages i
    where i.workspace_id = $1 and i.thread_id = m.thread_id and i.type = 'slack'
      and i.direction = 'inbound' and i.external_id is not null and i.created_at <= m.created_at
    order by i.created_at desc, i.id desc limit 1) as answers_to
from messages m
left join members s on s.workspace_id = $1 and s.id = m.user_id
where m.workspace_id = $1 and m.id = any ($2::uuid[])"""

# Broadcasts $2, of changelogs that are there.
BROADCASTS = """
select b.id, cl.title, b.message
from broadcasts b
join changelogs cl on cl.workspace_id = $1 and cl.id = b.changelog_id and cl.deleted_at is null
where b.workspace_id = $1 and b.id = any ($2::uuid[])"""
