"""What was done to the database, held against what a program needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from looplane.kit.database import Connection, Row
from looplane.kit.migrations import Migration, MigrationError, Migrations
from looplane.kit.text import some_of

# The column came second: programs from before it write rows without it.
CREATE = """
create table if not exists migrations (
  name text primary key,
  digest text not null,
  applied_at timestamptz not null default now()
);
alter table migrations add column if not exists breaks_older text"""

# Read from the catalogue's tables: `to_regclass` would remember a no from before a lock was waited
# for.
_EXISTS = """
select exists (
  select from pg_class where relname = 'migrations' and pg_table_is_visible(oid))"""
# A ledger without the column is read all the same.
_APPLIED = """
select name, digest, to_jsonb(m) ->> 'breaks_older' as breaks_older from migrations m
where name like '%.sql' order by name"""
_MISSING = """
select name from unnest($1::text[]) with ordinality as wanted(name, position)
where not exists (
  select from pg_proc where proname = wanted.name::name and pg_function_is_visible(oid))
order by position"""
_INSERT = "insert into migrations (name, digest, breaks_older) values ($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the database and a program differ, by name.

    `pending` are migrations that the database lacks, `missing` stored functions. `unknown` are
    migrations of newer programs, none of which stops this one.
    """

    pending: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def outstanding(self) -> tuple[str, ...]:
        """What `migrate` has to do, in order."""
        return self.pending + self.missing

    @property
    def notice(self) -> str | None:
        """What an operator should know of a program that is older than the database."""
        if not self.unknown:
            return None
        newer = some_of(self.unknown)
        return (
            f"The database was migrated by a newer Looplane ({newer}); this one goes on beside it."
        )


async def compare(con: Connection, migrations: Migrations) -> Comparison:
    """How the database differs from what the program needs.

    Raises MigrationError where the program cannot work with it, whatever is applied: for a file
    that was changed, for an unknown migration that breaks older programs, and where each has
    migrations that the other lacks.
    """
    exists = await con.fetchval(_EXISTS)
    applied = {row["name"]: row for row in await con.fetch(_APPLIED)} if exists else {}
    for name, file in migrations.files.items():
        if name in applied and not file.was_applied_as(applied[name]["digest"]):
            msg = f"The migration {name} was changed after it was applied; restore the file."
            raise MigrationError(msg)
    unknown = [row for name, row in applied.items() if name not in migrations.files]
    pending = tuple(name for name in migrations.files if name not in applied)
    _refuse_what_breaks(unknown, pending)
    names = [each.name for each in migrations.functions]
    missing = tuple(row["name"] for row in await con.fetch(_MISSING, names))
    return Comparison(pending, missing, tuple(row["name"] for row in unknown))


def _refuse_what_breaks(unknown: Sequence[Row], pending: Sequence[str]) -> None:
    for row in unknown:
        if row["breaks_older"] is not None:
            msg = (
                f"The database was migrated by a newer Looplane, which this one cannot work beside:"
                f" {row['name']} ({row['breaks_older']}). Use the newer one."
            )
            raise MigrationError(msg)
    if unknown and pending:
        newer = some_of([row["name"] for row in unknown])
        msg = (
            f"The database has migrations that this Looplane does not know ({newer}), and lacks"
            f" some that it needs ({some_of(pending)}). Use one that has them all."
        )
        raise MigrationError(msg)


async def record(con: Connection, migration: Migration) -> None:
    """Says that it was applied."""
    await con.execute(_INSERT, migration.name, migration.digest, migration.breaks_older)
