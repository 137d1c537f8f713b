"""Every statement that plans a delivery."""

# $1 workspace, then the columns in their order; due at once. No queue knows of it yet: whoever
# writes shares no lock with those who deliver.
INSERT = """
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, thread_id,
  queue, lane, state, created_at, updated_at, next_attempt_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $11, $11, $11)"""
