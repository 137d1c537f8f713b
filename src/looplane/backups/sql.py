"""Statements on a database as a whole, whichever tables it has."""

from looplane.kit.all_tables import IS_OURS

_RELATIONS = IS_OURS.format(object="c", catalogue="pg_class")
_FUNCTIONS = IS_OURS.format(object="p", catalogue="pg_proc")
_SCHEMAS = IS_OURS.format(object="n", catalogue="pg_namespace")

LIST_WHAT_IS_THERE = f"""
select n.nspname || '.' || c.relname as name from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and not c.relispartition and {_RELATIONS}
union
select n.nspname || '.' || p.proname || '()' from pg_proc p
join pg_namespace n on n.oid = p.pronamespace where {_FUNCTIONS}
union
select 'schema ' || n.nspname from pg_namespace n where n.nspname <> 'public' and {_SCHEMAS}
order by 1"""

WITHOUT_LIMITS = """
set local statement_timeout = 0;
set local lock_timeout = 0;
set local idle_in_transaction_session_timeout = 0"""

HAS_FILES = "select to_regclass('public.files') is not null"
LIST_FILES = "select distinct storage_key from public.files where deleted_at is null"

LIST_MIGRATIONS = "select name from public.migrations where name like '%.sql' order by name"

# When its first table was made, which no other database shares but a copy of it, wherever it is.
IDENTIFY = """
select substr(md5(min(applied_at at time zone 'UTC')::text), 1, 8) from public.migrations"""

# At the most what its rows take in a backup, where they are packed and nothing finds them.
SIZE = "select pg_database_size(current_database())"
SIZE_OF_FILES = "select coalesce(sum(size), 0)::bigint from public.files"

DESCRIBE = """
select current_database() as name, current_setting('server_encoding') as encoding,
  has_database_privilege(current_database(), 'create') as may_create,
  has_schema_privilege('public', 'create') as may_fill_public,
  array(select name from unnest($1::text[]) as wanted(name) where not exists (
    select from pg_available_extensions a where a.name = wanted.name)) as lacking,
  pg_is_in_recovery() or current_setting('transaction_read_only')::bool as is_read_only"""

# An operator's own session is one of those who could write, too.
COUNT_OTHERS = """
select count(*) from pg_stat_activity
where datname = current_database() and usesysid is not null and pid <> pg_backend_pid()"""

EXPORT_SNAPSHOT = "select pg_export_snapshot()"
ONE_MOMENT = "set transaction isolation level repeatable read, read only"
HAS_TABLES = "select to_regclass('public.migrations') is not null"
NAME = "select quote_ident(current_database())"
# Whoever makes tables has it.
TAKE_TURN = "select pg_advisory_xact_lock($1)"
HOLD = "lock table {tables} in {mode} mode"
# For sessions that begin later: this one goes on.
CLOSE = "alter database {name} set default_transaction_read_only = on"
OPEN = "alter database {name} reset default_transaction_read_only"
OPEN_SESSION = "set default_transaction_read_only = off"
IS_CLOSED = "select current_setting('default_transaction_read_only')::bool"
