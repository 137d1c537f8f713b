"""Migrations: dated SQL files, each once; then the stored functions, when their text changed."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from looplane.kit.database import Connection

# Any number will do; it only has to be the same for everyone who migrates. Held in a transaction.
_LOCK = 6_071_955

_LEDGER = """
create table if not exists migrations (
  name text primary key,
  digest text not null,
  applied_at timestamptz not null default now()
)"""


class MigrationError(Exception):
    """Says which file does not fit what the database has seen."""


def folder_of(name: str) -> Path:
    """The folder `name` (migrations, contract) of an installed package or of a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / name
    return installed if installed.is_dir() else package.parent.parent / name


def _files() -> dict[str, str]:
    folder = folder_of("migrations")
    return {path.name: path.read_text() for path in sorted(folder.glob("*.sql"))}


async def pending(con: Connection, functions: Mapping[str, str]) -> list[str]:
    """The names of what `migrate` would apply, in order. Raises MigrationError."""
    ledger = await con.fetchval("select to_regclass('migrations')")
    rows = await con.fetch("select name, digest from migrations") if ledger else []
    applied = {row["name"]: row["digest"] for row in rows}
    return list(_outstanding(applied, functions))


async def migrate(con: Connection, functions: Mapping[str, str]) -> list[str]:
    """Brings the database up to date in one transaction; says what was applied.

    `functions` is the text of the stored functions by noun. Raises MigrationError when a file
    that was applied has changed or is gone: then this program is not the database's.
    """
    async with con.transaction():
        await con.execute("set local statement_timeout = 0")
        await con.execute("select pg_advisory_xact_lock($1)", _LOCK)
        await con.execute(_LEDGER)
        done = await pending(con, functions)
        texts = {**_files(), **_named(functions)}
        for name in done:
            await con.execute(texts[name])
            await con.execute(
                "insert into migrations (name, digest) values ($1, $2)"
                " on conflict (name) do update set digest = excluded.digest, applied_at = now()",
                name,
                _digest(texts[name]),
            )
    return done


def _named(functions: Mapping[str, str]) -> dict[str, str]:
    return {f"functions of {noun}": text for noun, text in functions.items()}


def _outstanding(applied: Mapping[str, str], functions: Mapping[str, str]) -> Iterable[str]:
    files = _files()
    for name in applied:
        if name.endswith(".sql") and name not in files:
            msg = f"The database was migrated by a newer Looplane ({name}); use that one."
            raise MigrationError(msg)
    for name, text in files.items():
        if name not in applied:
            yield name
        elif applied[name] != _digest(text):
            msg = f"The migration {name} was changed after it was applied; restore the file."
            raise MigrationError(msg)
    for name, text in _named(functions).items():
        if applied.get(name) != _digest(text):
            yield name


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
