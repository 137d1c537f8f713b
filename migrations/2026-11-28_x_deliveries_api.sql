-- keeps older programs: they list no deliveries, and what they look for has its indexes as before.
-- How deliveries are listed: by each filter a range of an index, in the order of the list.

-- Another one begins with the same columns.
drop index deliveries_event;
-- A target is of one channel nearly always, and may be asked for without it.
drop index deliveries_target;
create index deliveries_target on deliveries (workspace_id, target, created_at desc, id desc);
create index deliveries_channel on deliveries (workspace_id, channel, created_at desc, id desc);
create index deliveries_kind on deliveries (workspace_id, kind, created_at desc, id desc);
-- What is delivered is most of all: it is found in the order of the list.
create index deliveries_state on deliveries (workspace_id,
  (case state when 'planned' then 'queued' when 'failed' then 'dead' else state end),
  created_at desc, id desc) where state <> 'delivered';
