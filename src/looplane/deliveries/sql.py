"""Every statement on deliveries."""

# $1 workspace, then the columns in their order; due at once.
INSERT = """
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, thread_id,
  created_at, updated_at, next_attempt_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9)"""
