"""Statements on all tables of a database, whichever it has: what proves that two have the same."""

# SQL for whether an object is no business of PostgreSQL's own, or of an extension's.
IS_OURS = """
  n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_depend d where d.deptype = 'e' and d.objid = {object}.oid
    and d.classid = '{catalogue}'::regclass)"""

# The same words for the same row on every server.
PIN = """
set local datestyle = 'ISO, YMD';
set local intervalstyle = 'postgres';
set local timezone = 'UTC';
set local bytea_output = 'hex';
set local extra_float_digits = 1;
set local search_path to default"""

# All of a table, in whatever order its rows lie: each row as 128 bits, which are added up. Good
# against chance, not against somebody who wants two tables to look alike.
_HASH = """
select count(*) as rows, coalesce(sum(hashtextextended(words, 0)::numeric), 0)::text as first,
  coalesce(sum(hashtextextended(words, 1)::numeric), 0)::text as second
from (select row(%s)::text collate "C" as words from %s offset 0) as each_row"""

# The name of each table, and the statement that counts and hashes its rows. What is generated is
# no part of them: it is made anew where the rows go, by that server's own rules of letters.
LIST_TABLES = f"""
select name, format($hash${_HASH}$hash$, string_agg(quote_ident(a.attname), ', '
  order by a.attname), name) as hash
from pg_class c join pg_namespace n on n.oid = c.relnamespace
cross join lateral (select quote_ident(n.nspname) || '.' || quote_ident(c.relname)) q(name)
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  and a.attgenerated = ''
where c.relkind in ('r', 'p') and not c.relispartition
  and {IS_OURS.format(object="c", catalogue="pg_class")}
group by name order by name"""
