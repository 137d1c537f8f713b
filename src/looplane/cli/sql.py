"""Statements of commands that only look."""

# What was sealed last of each kind.
LAST_OF_MAILBOXES = """
select workspace_id, password as sealed from mailboxes
where password is not null and deleted_at is null order by updated_at desc limit 1"""
LAST_OF_WEBHOOKS = """
select s.webhook_id, s.number, s.sealed from webhook_secrets s
join webhooks w on w.workspace_id = s.workspace_id and w.id = s.webhook_id and w.deleted_at is null
order by s.created_at desc limit 1"""
