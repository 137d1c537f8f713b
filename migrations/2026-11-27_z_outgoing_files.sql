-- Files that are to go with a message which is not sent yet. An unsent text or a held message names
-- them by their id; what none names is swept after a day.
create table outgoing_files (
  workspace_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  name text not null,
  content_type text not null,
  content bytea not null,
  size int not null,
  created_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members
);
create index outgoing_files_member on outgoing_files (workspace_id, member_id);
-- The sweep asks over all workspaces at once.
create index outgoing_files_created on outgoing_files (created_at);
-- Pictures and archives are packed already: to pack them again takes time and gains nothing.
alter table outgoing_files alter column content set storage external;
