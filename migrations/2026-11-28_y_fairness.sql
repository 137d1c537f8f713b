-- keeps older programs: they look for bodies by their events, and for what is not routed, as before.
-- Bodies are let go of by their age.
create index event_bodies_age on event_bodies (created_at, event_id);
-- What no queue knows of: of webhooks apart, of which one event may be for very many.
drop index deliveries_unrouted;
create index deliveries_unrouted on deliveries (((channel = 'webhook')::int), seq)
  where is_routed <> (state = 'queued');
