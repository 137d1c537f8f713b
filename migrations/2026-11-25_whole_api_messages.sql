-- What messages bring along when they come in and when they go out.

-- What the channel that a message came by calls it, so that it comes in once, however often it is
-- brought, and whatever became of its thread. Of what was erased it is the digest.
alter table messages add column external_id text;
create unique index messages_external_id on messages (workspace_id, external_id)
  where external_id is not null;

-- What is in the files of a message; their names and sizes are in the message.
create table message_attachments (
  workspace_id uuid not null,
  id uuid not null,
  message_id uuid not null,
  content bytea not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, message_id) references messages
);
create index message_attachments_message on message_attachments (workspace_id, message_id);
