"""Makes a backup: rows, files and key, in one file."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from looplane.backups import sql
from looplane.backups.archive import DUMP, FILES, KEY, ArchiveWriter, new_file
from looplane.backups.dumps import dumped, find_dumper
from looplane.backups.errors import BackupError
from looplane.backups.fingerprints import take_fingerprints, to_document
from looplane.backups.keys import FINGERPRINT, INCLUDED, LEFT_OUT, NONE, OF_SETTINGS
from looplane.backups.snapshot import snapshot
from looplane.kit.all_tables import LIST_TABLES
from looplane.kit.config import Settings
from looplane.kit.database import Connection, connected
from looplane.kit.embedded_pg.binaries import version_of
from looplane.kit.secrets import fingerprint_of, key_in_use

FORMAT = 1
_PREFIX, _SUFFIX = "looplane-", ".tar"
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a backup is made of: a database by `dsn`, and what is beside it."""

    dsn: str
    settings: Settings
    with_key: bool = True


def named_now(path: Path, whose: str = "") -> Path:
    """`path`, or a name in it that says the moment, and whose it is, if it is a folder."""
    if not path.is_dir():
        return path
    return path / f"{_prefix(whose)}{datetime.now(UTC):{_STAMP}}{_SUFFIX}"


def moment_of(path: Path, whose: str) -> datetime | None:
    """When a backup was begun that `named_now` named for the same; None for any other file."""
    try:
        return datetime.strptime(f"{path.name}+0000", f"{_prefix(whose)}{_STAMP}{_SUFFIX}%z")
    except ValueError:
        return None


def _prefix(whose: str) -> str:
    return f"{_PREFIX}{whose}-" if whose else _PREFIX


async def make_backup(con: Connection, origin: Origin, path: Path) -> Mapping[str, Any]:
    """Makes the file `path`; what it says of itself. Raises BackupError, OSError."""
    settings = origin.settings
    server = con.get_server_version()
    program = find_dumper(origin.dsn, settings.pg_bin, server.major)
    with new_file(path) as file:
        writer = ArchiveWriter(file)
        async with snapshot(con, await _tables(origin)) as name:
            migrations = await _migrations(con)
            with dumped(program, origin.dsn, name) as dump:
                hashing = asyncio.ensure_future(take_fingerprints(con))
                try:
                    await asyncio.to_thread(writer.add, DUMP, dump)
                    tables = await hashing
                finally:
                    # The transaction cannot end while something is asked in it.
                    hashing.cancel()
                    await asyncio.wait([hashing])
            missing = await _missing_files(con, settings)
        manifest = {
            "format": FORMAT,
            "looplane": version("looplane"),
            "made_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "server": f"{server.major}.{server.minor}",
            "pg_dump": version_of(program),
            "migrations": migrations,
            "tables": to_document(tables),
            # After the rows, so that there is every file of which they know.
            "files": {**await asyncio.to_thread(_add_files, writer, settings), "missing": missing},
            **_add_key(writer, origin),
        }
        await asyncio.to_thread(writer.finish, manifest)
    return manifest


async def _tables(origin: Origin) -> list[str]:
    """By a connection of its own: the moment begins with the first thing that is read."""
    async with connected(origin.dsn, origin.settings.database_pooling) as con:
        await refuse_nothing(con)
        return [table["name"] for table in await con.fetch(LIST_TABLES)]


async def refuse_nothing(con: Connection) -> None:
    """Raises BackupError where there are no tables of ours."""
    if not await con.fetchval(sql.HAS_TABLES):
        msg = "There is nothing to back up: this database has no tables of Looplane."
        raise BackupError(msg)


async def _migrations(con: Connection) -> list[str]:
    return [row["name"] for row in await con.fetch(sql.LIST_MIGRATIONS)]


async def _missing_files(con: Connection, settings: Settings) -> int:
    """How many files rows name that are not there, as where their disk is not mounted."""
    if settings.files_s3_bucket is not None or not await con.fetchval(sql.HAS_FILES):
        return 0
    folder, missing = settings.data_dir / "files", 0
    async for row in con.cursor(sql.LIST_FILES):
        missing += not (folder / row["storage_key"]).exists()
    return missing


def _add_files(writer: ArchiveWriter, settings: Settings) -> dict[str, object]:
    if settings.files_s3_bucket is not None:
        return {"left_out": f"the bucket {settings.files_s3_bucket}"}
    folder, count, size = settings.data_dir / "files", 0, 0
    for root, _, names in os.walk(folder, onerror=_refuse_gap):
        for path in (Path(root, name) for name in names if "#" not in name):  # one being written
            try:
                content = path.open("rb")
            except FileNotFoundError:
                continue  # deleted meanwhile, after its row was
            with content:
                size += writer.add(FILES + path.relative_to(folder).as_posix(), content)
            count += 1
    return {"count": count, "bytes": size}


def _refuse_gap(error: OSError) -> None:
    """Whoever may not look into a folder has no backup of it. Raises it, but for one that went."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _add_key(writer: ArchiveWriter, origin: Origin) -> dict[str, str]:
    """Where the key is that opens what is sealed, and which one: without it that is lost."""
    key = key_in_use(origin.settings)
    if key is None:
        return {"secret_key": NONE}
    where = OF_SETTINGS
    if origin.settings.secret_key is None:
        where = INCLUDED if origin.with_key else LEFT_OUT
    if where == INCLUDED:
        writer.add(KEY, BytesIO(key.encode()))
    return {"secret_key": where, FINGERPRINT: fingerprint_of(key)}
