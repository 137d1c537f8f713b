"""What is to be known of a message before it comes in."""

from looplane.contacts.blocked_senders.sql import IS_BLOCKED

# To the end of the transaction, whoever brings the same message waits. $1 workspace, $2 its name.
HOLD_NAME = "select pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2::text, 0))"

# Whether its sender is blocked, and whether it is here. $1 workspace, $2 the address, $3 its domain
# and those above, $4 the names that the message has, and had if it was erased.
FIND_KNOWN = f"""
select {IS_BLOCKED} as is_blocked, known.id as message_id, known.thread_id
from (select) once
left join messages known on known.workspace_id = $1 and known.external_id = any ($4)"""

# The thread of the first of these messages that is here. $1 workspace, $2 what they are called.
FIND_ANSWERED = """
select thread_id from messages where workspace_id = $1 and external_id = any ($2)
order by array_position($2::text[], external_id) limit 1"""
