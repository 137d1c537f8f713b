"""Statements that let go of deliveries that ended long ago."""

from looplane.broadcasts.rules import TARGETS

# $1 an id; the least id is after none.
NEXT_WORKSPACE = "select id from workspaces where id > $1 order by id limit 1"

# Of the next deliveries of workspace $1 that were planned before $3, after $2, lets those go that
# are of no use to anybody; the last one that was looked at, and how many went. Ids rise with time,
# so that the primary key finds them. What somebody is at stays until the next time. Also stays
#   what is queued, or ended where its queue does not know of it yet: what is behind it waits;
#   what died, until $4: as long as the team has notices of it;
#   what was caught, while the mail is kept: a person's mails are found by it when they are erased;
#   whom a broadcast went to, while what tells its subscribers is there: by that it may be tried
#     again, and then goes to all who have no delivery of it.
# $5 how many are looked at
LET_GO = f"""
with looked as materialized (
  select id from deliveries
  where workspace_id = $1 and id > $2 and id < first_id(greatest($3::timestamptz, 'epoch'))
  order by id limit $5),
held as materialized (
  select d.id from looked l join deliveries d on d.workspace_id = $1 and d.id = l.id
  where not d.is_routed and (d.state in ('delivered', 'canceled') and d.updated_at < $3
      or d.state in ('dead', 'failed') and d.updated_at < $4)
    and not exists (select from caught_mail c
      where c.workspace_id = $1 and c.delivery_id = d.id)
    and (d.kind <> 'broadcast' or d.target = '{TARGETS["email"]}' or not exists (
      select from deliveries p where p.workspace_id = $1 and p.event_id = d.event_id
        and p.channel = d.channel and p.target = '{TARGETS["email"]}'))
  for update of d skip locked),
gone as (
  delete from deliveries d using held h where d.workspace_id = $1 and d.id = h.id
  returning d.id)
select id as last, (select count(*) from gone) as gone from looked order by id desc limit 1"""
