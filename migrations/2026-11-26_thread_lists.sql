-- What lists of threads are sorted by: since when our answer is due, and when something last happened.
-- keeps older programs: new columns that triggers and the database itself fill, and new indexes.

alter table threads add column waiting_since timestamptz;

-- Nothing waits where what went out last is not followed by anything. Where nothing went out, the
-- thread waits from its beginning. A column that is generated has no value yet when this is asked.
create function keep_waiting_since() returns trigger language plpgsql as $$
begin
  if new.last_outbound_message_at is null then
    new.waiting_since := new.created_at;
  elsif coalesce(new.last_inbound_message_at <= new.last_outbound_message_at, true) then
    new.waiting_since := null;
  elsif tg_op = 'INSERT' or old.waiting_since is null
      or old.last_outbound_message_at is distinct from new.last_outbound_message_at then
    -- What came in first after our last answer; it may have been stored already.
    new.waiting_since := coalesce(
      (select min(m.created_at) from messages m
       where m.workspace_id = new.workspace_id and m.thread_id = new.id
         and m.direction = 'inbound' and m.created_at > new.last_outbound_message_at),
      new.last_inbound_message_at);
  end if;
  return new;
end $$;
create trigger threads_waiting_since_of_new before insert on threads
  for each row execute function keep_waiting_since();
create trigger threads_waiting_since_of_changed before update on threads for each row
  when (old.last_inbound_message_at is distinct from new.last_inbound_message_at
    or old.last_outbound_message_at is distinct from new.last_outbound_message_at)
  execute function keep_waiting_since();

update threads t set waiting_since = case when t.last_outbound_message_at is null then t.created_at
  else coalesce(
    (select min(m.created_at) from messages m
     where m.workspace_id = t.workspace_id and m.thread_id = t.id
       and m.direction = 'inbound' and m.created_at > t.last_outbound_message_at),
    t.last_inbound_message_at) end
where t.needs_response;

-- It writes the table anew, so it comes after all that changes rows: what they were is gone with it.
alter table threads add column last_activity timestamptz not null generated always as
  (greatest(created_at, last_inbound_message_at, last_outbound_message_at)) stored;

-- A list by last activity or by pain reads a range of an index for each status, one beside the other.
create index threads_activity on threads (workspace_id, status, last_activity desc, id desc)
  where deleted_at is null;
create index threads_pain on threads (workspace_id, status, pain_level, created_at desc, id desc)
  where deleted_at is null;
create index threads_longest_waiting on threads (workspace_id, waiting_since, id)
  where deleted_at is null and status = 'open' and needs_response;
-- Finds the threads of an origin that few have; it stands for no order.
create index threads_origin on threads (workspace_id, origin) where deleted_at is null;

-- The companies of threads: from the highest revenue down, and those of a tier.
create index companies_revenue on companies (workspace_id, revenue desc, id desc)
  where deleted_at is null and revenue is not null;
create index companies_tier on companies (workspace_id, tier_id)
  where deleted_at is null and tier_id is not null;
