-- keeps older programs: they look for bodies by their events, as before.
-- Bodies are let go of by their age.
create index event_bodies_age on event_bodies (created_at, event_id);
