"""Tables that are filled without their indexes and foreign keys, which are then made again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from looplane.kit.database import Connection

# Of a table, of a partitioned one too: first what refers to others, then what a key makes. A key
# that others refer to stays.
_CONSTRAINTS = """
select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint c
where conrelid = $1::regclass and conparentid = 0 and contype in ('p', 'u', 'f')
  and not exists (select from pg_constraint r where r.confrelid = c.conrelid
    and r.conindid = c.conindid and r.contype = 'f' and c.contype <> 'f')
order by contype = 'p', conname"""
_INDEXES = """
select i.indexrelid::regclass::text as name,
  replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') as definition
from pg_index i where i.indrelid = $1::regclass and not exists (
  select from pg_constraint c where c.conindid = i.indexrelid and c.conrelid = i.indrelid)
order by 1"""
_ALL = """
select indexname, indexdef as definition from pg_indexes where schemaname = 'public'
union all select conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) from pg_constraint
where connamespace = 'public'::regnamespace
order by 1, 2"""
_TRIGGERS = "alter table {} {} trigger user"


@asynccontextmanager
async def bare(con: Connection, *tables: str) -> AsyncIterator[None]:
    """The tables without indexes and our triggers; at the end with the same ones as before."""
    before = await con.fetch(_ALL)
    made = [each for table in tables for each in await _dropped(con, table)]
    for table in tables:
        await con.execute(_TRIGGERS.format(table, "disable"))
    yield
    for table in tables:
        await con.execute(_TRIGGERS.format(table, "enable"))
    await con.execute(
        "set maintenance_work_mem = '512MB'; set max_parallel_maintenance_workers = 2"
    )
    for statement in made:
        await con.execute(statement, timeout=7200)
    if await con.fetch(_ALL) != before:
        msg = f"{', '.join(tables)} have other indexes than before."
        raise RuntimeError(msg)


async def _dropped(con: Connection, table: str) -> list[str]:
    """Drops what makes a table slow to fill; the statements that make it again."""
    made = []
    for row in await con.fetch(_INDEXES, table):
        await con.execute(f"drop index {row['name']}")
        made.append(row["definition"])
    for row in await con.fetch(_CONSTRAINTS, table):
        await con.execute(f"alter table {table} drop constraint {row['name']}")
        made.append(f"alter table {table} add constraint {row['name']} {row['definition']}")
    # Keys first: others are made by them.
    return sorted(made, key=lambda each: "PRIMARY KEY" not in each)
