"""What goes with a message, as statements find it."""

# How large the files of messages are; $1 workspace, $2 messages.
FIND_SIZES = """
select id, octet_length(content) as size from message_attachments
where workspace_id = $1 and message_id = any ($2)"""
# $1 workspace, $2 files.
FIND_CONTENTS = """
select id, content from message_attachments where workspace_id = $1 and id = any ($2)"""
