"""Every statement that takes a workspace away, whatever tables there are."""

# All tables with rows of workspaces, each partition for itself.
LIST_TABLES = """
select c.oid::regclass::text as name from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
  and c.relname <> 'deleted_workspaces'"""

LIST_LINKS = """
select conrelid::regclass::text as source, confrelid::regclass::text as target
from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace"""

# How many pages a table has on the disk.
COUNT_PAGES = """
select pg_relation_size($1::text::regclass) / current_setting('block_size')::bigint"""

# Where rows refer to others of their own table, those go first that none refers to: a table is
# looked through until none is left.
LEAVES = {
    "companies": """ and not exists (select from companies o
  where o.workspace_id = t.workspace_id and o.merged_into_id = t.id)"""
}
# Of a person and what they are a member of each refers to the other.
_WITH_MEMBERSHIPS = """
with picked as materialized (
  select id from contacts where workspace_id = $1 and ctid >= $2 and ctid < $3),
memberships as (
  delete from contact_companies m using picked
  where m.workspace_id = $1 and m.contact_id = picked.id)
delete from contacts c using picked where c.workspace_id = $1 and c.id = picked.id"""

WITHOUT_LIMIT = "set local statement_timeout = 0"
# What a workspace has that an operator knows by name. $1 workspace
COUNT = """
select (select count(*) from members where workspace_id = $1) as members,
  (select count(*) from api_keys where workspace_id = $1) as keys,
  (select count(*) from sessions where workspace_id = $1) as sessions,
  (select count(*) from threads where workspace_id = $1) as threads,
  (select count(*) from messages where workspace_id = $1) as messages,
  (select count(*) from comments where workspace_id = $1) as comments,
  (select count(*) from contacts where workspace_id = $1) as contacts,
  (select count(*) from companies where workspace_id = $1) as companies,
  (select count(*) from projects where workspace_id = $1) as projects,
  (select count(*) from issues where workspace_id = $1) as issues,
  (select count(*) from changelogs where workspace_id = $1) as changelogs,
  (select count(*) from doc_articles where workspace_id = $1) as articles,
  (select count(*) from files where workspace_id = $1) as files,
  (select count(*) from deliveries where workspace_id = $1 and state in ('planned', 'queued'))
    as "deliveries that wait",
  (select count(*) from webhooks where workspace_id = $1) as webhooks,
  (select count(*) from events where workspace_id = $1) as events"""

BEGIN = """
update workspaces set archived_at = coalesce(archived_at, $2),
  deletion_began_at = coalesce(deletion_began_at, $2)
where id = $1"""

# $1 workspace, $2 now
END = """
with gone as (delete from workspaces where id = $1 returning id, name, is_demo)
insert into deleted_workspaces (workspace_id, name, is_demo, deleted_at)
select id, name, is_demo, $2 from gone"""


def delete_rows(table: str) -> str:
    """SQL that deletes the rows of workspace $1 that lie from $2 to before $3 on the disk.

    By their place: an index would go once more through what was deleted before, each time.
    """
    if table == "contacts":
        return _WITH_MEMBERSHIPS
    leaves = LEAVES.get(table, "")
    where = f"t.workspace_id = $1 and t.ctid >= $2 and t.ctid < $3{leaves}"
    return f"delete from {table} t where {where}"
