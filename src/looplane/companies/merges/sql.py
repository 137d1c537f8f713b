"""Every statement on merges of companies.

What moves is moved and written down in sets, and no list of ids leaves the database. Threads go in
batches, each within the time that a statement may take.
"""

from looplane.companies.sql import COMPANY

# Two companies, deleted ones too, held in one order so that no two merges wait for each other.
HOLD = """
select id, version, updated_at, deleted_at from companies
where workspace_id = $1 and id = any ($2::uuid[]) order by id for update"""

# For the rest of the transaction: what moves need not ask whether a company is being merged.
SAY_HELD = "set local looplane.holds_companies = 'on'"

FIND = COMPANY.find()

# $2 merge, $3 survivor, $4 source, $5 what was filled, $6 when.
INSERT = """
insert into company_merges (workspace_id, id, survivor_id, source_id, filled, created_at)
values ($1, $2, $3, $4, $5, $6)"""

# What moves. $2 merge, $3 survivor, $4 source, $5 when.
_TOUCH = "version = {0}.version + 1, updated_at = greatest($5, {0}.updated_at + interval '1 ms')"
_PLACES = "p(survivor, source) as (select $3::uuid, $4::uuid)"

# As many threads as one statement moves.
BATCH = 10_000
# Batch $6, and how many it has; none where nothing is left.
MOVE_THREADS = f"""
with {_PLACES}, moved as (
  update threads t set company_id = p.survivor, {_TOUCH.format("t")}
  from p where t.workspace_id = $1 and t.company_id = p.source and t.deleted_at is null
    and t.id = any (array(select id from threads
      where workspace_id = $1 and company_id = $4 and deleted_at is null limit {BATCH}))
  returning t.id, t.version)
insert into company_merge_threads (workspace_id, merge_id, batch, thread_ids, versions)
select $1, $2, $6, array_agg(id), array_agg(version) from moved having count(*) > 0
returning cardinality(thread_ids) as count"""

NOTE_CONTACTS = """
with held as materialized (
  select ct.id, ct.version, ct.company_id, cm.created_at
  from contact_companies cm
  join contacts ct on ct.workspace_id = cm.workspace_id and ct.id = cm.contact_id
  where cm.workspace_id = $1 and cm.company_id = $4 and ct.deleted_at is null
    -- So that no others are read.
    and ct.id = any (array(select contact_id from contact_companies
      where workspace_id = $1 and company_id = $4))
  order by ct.id for no key update of ct)
insert into company_merge_contacts (workspace_id, merge_id, contact_id, version, member_since,
  was_primary, was_member)
select $1, $2, h.id, h.version + 1, h.created_at,
  h.company_id is not distinct from $4, exists (select from contact_companies sm
    where sm.workspace_id = $1 and sm.contact_id = h.id and sm.company_id = $3)
from held h"""

_NOTED = "mc.workspace_id = $1 and mc.merge_id = $2"
# Memberships of the company {0} for those who belonged to the source.
_JOIN = f"""
insert into contact_companies (workspace_id, contact_id, company_id, contact_created_at, created_at)
select $1, ct.id, {{0}}, ct.created_at, mc.member_since
from company_merge_contacts mc
join contacts ct on ct.workspace_id = $1 and ct.id = mc.contact_id and ct.deleted_at is null
where {_NOTED} and {{1}}
on conflict do nothing"""
JOIN_SURVIVOR = _JOIN.format("$3::uuid", "not mc.was_member")

MOVE_CONTACTS = f"""
with {_PLACES}
update contacts ct set {_TOUCH.format("ct")},
  company_id = case when mc.was_primary then p.survivor else ct.company_id end
from company_merge_contacts mc, p
where {_NOTED} and ct.workspace_id = $1 and ct.id = mc.contact_id"""

LEAVE_SOURCE = f"""
delete from contact_companies cm using company_merge_contacts mc
where {_NOTED} and cm.workspace_id = $1 and cm.contact_id = mc.contact_id
  and cm.company_id = $3"""

SET_MERGED_INTO = "update companies set merged_into_id = $3 where workspace_id = $1 and id = $2"

# The merge of the source $3 into the survivor $2 that has not been taken back.
FIND_MERGE = """
select id, filled, created_at from company_merges
where workspace_id = $1 and survivor_id = $2 and source_id = $3 and undone_at is null"""

# The other way round: what moved and is still with the survivor goes back to the source. Of batch
# $6, and how many of it moved; none where there is no such batch.
MOVE_THREADS_BACK = f"""
with {_PLACES}, batch as (
  select thread_ids from company_merge_threads
  where workspace_id = $1 and merge_id = $2 and batch = $6),
moved as (
  update threads t set company_id = p.source, {_TOUCH.format("t")}
  from p
  where t.workspace_id = $1 and t.company_id = p.survivor and t.deleted_at is null
    and t.id = any ((select thread_ids from batch)::uuid[])
  returning t.id)
select (select count(*) from moved) as count from batch"""

_IS_MEMBER = """exists (select from contact_companies sm where sm.workspace_id = $1
    and sm.contact_id = mc.contact_id and sm.company_id = {0})"""
JOIN_SOURCE = _JOIN.format("$4::uuid", _IS_MEMBER.format("$3"))

MOVE_CONTACTS_BACK = f"""
with {_PLACES}
update contacts ct set {_TOUCH.format("ct")}, company_id = case
  when mc.was_primary and ct.company_id = p.survivor then p.source else ct.company_id end
from company_merge_contacts mc, p
where {_NOTED} and ct.workspace_id = $1 and ct.id = mc.contact_id
  and ct.deleted_at is null and {_IS_MEMBER.format("p.survivor")}"""

# A contact for whom the survivor became the primary company by itself stays there.
LEAVE_SURVIVOR = f"""
delete from contact_companies cm using company_merge_contacts mc, contacts ct
where {_NOTED} and not mc.was_member and cm.workspace_id = $1
  and cm.contact_id = mc.contact_id and cm.company_id = $3
  and ct.workspace_id = $1 and ct.id = mc.contact_id and ct.deleted_at is null
  and ct.company_id is distinct from cm.company_id"""

RESTORE = """
update companies set deleted_at = null, merged_into_id = null, version = version + 1,
  updated_at = $3
where workspace_id = $1 and id = $2"""

SET_UNDONE = "update company_merges set undone_at = $3 where workspace_id = $1 and id = $2"
