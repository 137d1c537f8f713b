"""Copies a database to another server while nobody writes."""

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from looplane.backups import sql
from looplane.backups.dumps import dumped, find_dumper
from looplane.backups.errors import BackupError
from looplane.backups.fingerprints import Fingerprints, refuse_differences, take_fingerprints
from looplane.backups.restoring import Finish, fill
from looplane.backups.targets import filling
from looplane.kit.database import Connection
from looplane.kit.embedded_pg.programs import version_of


@dataclass(frozen=True, slots=True)
class Source:
    """The database to copy: a connection for this alone, and its address."""

    con: Connection
    dsn: str
    pg_bin: Path | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What arrived, and whether the source could be closed, which its owner may do."""

    tables: Fingerprints
    is_closed: bool


async def move_database(source: Source, target: Connection, finish: Finish) -> Moved:
    """Copies it, proves the copy, and closes the source.

    From before its rows are read to the end nobody can write to it, and later only who opens it
    again. Raises BackupError, after which the target is as empty as it was.
    """
    con = source.con
    program = find_dumper(source.dsn, source.pg_bin, con.get_server_version().major)
    async with con.transaction():
        await con.execute(sql.WITHOUT_LIMITS)
        await _hold(con)
        snapshot = await con.fetchval(sql.EXPORT_SNAPSHOT)
        async with filling(target):
            with dumped(program, source.dsn, snapshot) as dump:
                await fill(target, source.pg_bin, dump, version_of(program))
            sent = await take_fingerprints(con)
            refuse_differences(sent, await take_fingerprints(target))
            await finish(target)
            is_closed = await _close(con)
    return Moved(sent, is_closed)


async def _close(con: Connection) -> bool:
    """What somebody wrote there later would be lost."""
    name = await con.fetchval(sql.NAME)
    try:
        async with con.transaction():
            await con.execute(sql.CLOSE.format(name=name))
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


async def _hold(con: Connection) -> None:
    """Lets nobody write. Raises BackupError where somebody could be about to."""
    others = await con.fetchval(sql.COUNT_OTHERS)
    if others:
        msg = (
            f"{others} other connections to this database are open: stop `looplane serve`, `api`"
            " and `worker`, and whatever else uses it, so that nothing is written meanwhile."
            " Nothing was moved."
        )
        raise BackupError(msg)
    tables = [table["name"] for table in await con.fetch(sql.LIST_TABLES)]
    if "public.migrations" not in tables:
        msg = "There is nothing to move: this database has no tables of Looplane."
        raise BackupError(msg)
    await con.execute(sql.HOLD.format(tables=", ".join(tables), mode="share"))
