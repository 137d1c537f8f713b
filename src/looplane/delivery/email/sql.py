"""What decides about a mail's sender as it leaves."""

# $1 workspace, $2 mailbox; held.
HOLD_MAILBOX = """
select id, version, updated_at, down_since, down_reason from mailboxes
where workspace_id = $1 and id = $2 and deleted_at is null for update"""
