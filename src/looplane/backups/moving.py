"""Copies a database to another server while nobody writes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from looplane.backups import sql
from looplane.backups.dumps import dumped, find_dumper
from looplane.backups.errors import BackupError
from looplane.backups.fingerprints import Fingerprints, refuse_differences, take_fingerprints
from looplane.backups.restoring import Finish, fill
from looplane.backups.targets import filling, refuse_unfit
from looplane.kit.all_tables import LIST_TABLES
from looplane.kit.database import Connection
from looplane.kit.embedded_pg.binaries import version_of


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
    """Copies it, proves the copy, and leaves the source closed.

    From before its rows are read nobody can write to it, and later only who opens it again; where
    the process is killed in the middle it stays closed, and may be moved all the same. Raises
    BackupError, after which the target is as empty as it was.
    """
    con = source.con
    program = find_dumper(source.dsn, source.pg_bin, con.get_server_version().major)
    await refuse_unfit(target)
    await _refuse_others(con)
    async with _closed(con) as is_closed, con.transaction(), filling(target):
        await con.execute(sql.WITHOUT_LIMITS)
        await _hold(con)
        snapshot = await con.fetchval(sql.EXPORT_SNAPSHOT)
        with dumped(program, source.dsn, snapshot) as dump:
            await fill(target, source.pg_bin, dump, version_of(program))
        sent = await take_fingerprints(con)
        refuse_differences(sent, await take_fingerprints(target))
        await finish(target)
        if not is_closed:
            await _refuse_others(con)
    return Moved(sent, is_closed)


@asynccontextmanager
async def _closed(con: Connection) -> AsyncIterator[bool]:
    """Whether the source could be closed, before its rows are read, to all who come from now on.

    What somebody wrote there, meanwhile or later, would be lost. Opens it again where what is
    inside fails, but for one that was closed before.
    """
    was_closed = await con.fetchval(sql.IS_CLOSED)
    if not con.is_in_transaction():  # behind a pooler, where its end closes it, or nothing does
        await con.execute(sql.OPEN_SESSION)
    name = await con.fetchval(sql.NAME)
    is_closed = was_closed or await _close(con, name)
    try:
        yield is_closed
    except BaseException:
        if is_closed and not was_closed and not con.is_in_transaction():
            # Where the source is away too, what starts on it says how to open it.
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await con.execute(sql.OPEN.format(name=name))
        raise


async def _close(con: Connection, name: str) -> bool:
    try:
        async with con.transaction():
            await con.execute(sql.CLOSE.format(name=name))
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


async def _refuse_others(con: Connection) -> None:
    """Raises BackupError where somebody could be about to write."""
    others = await con.fetchval(sql.COUNT_OTHERS)
    if others:
        msg = (
            f"{others} other connections to this database are open: stop `looplane serve`, `api`"
            " and `worker`, and whatever else uses it, so that nothing is written meanwhile."
            " Nothing was moved."
        )
        raise BackupError(msg)


async def _hold(con: Connection) -> None:
    """Lets nobody write. Raises BackupError where somebody came before it was closed."""
    await _refuse_others(con)
    tables = [table["name"] for table in await con.fetch(LIST_TABLES)]
    if "public.migrations" not in tables:
        msg = "There is nothing to move: this database has no tables of Looplane."
        raise BackupError(msg)
    await con.execute(sql.HOLD.format(tables=", ".join(tables), mode="share"))
