"""Puts a backup back: into an empty database, and beside it the files and the key."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import asyncpg

from looplane.backups.archive import DUMP, FILES, KEY, opened_members, read_manifest
from looplane.backups.dumps import as_statements, run_statements
from looplane.backups.errors import BackupError
from looplane.backups.fingerprints import (
    from_document,
    refuse_differences,
    take_fingerprints,
)
from looplane.backups.keys import refuse_other_key
from looplane.backups.making import FORMAT
from looplane.backups.targets import filling
from looplane.kit import secrets
from looplane.kit.config import Settings
from looplane.kit.database import Connection
from looplane.kit.embedded_pg.files import sync_folder

_UNFINISHED = "files.restoring"
_CHUNK = 262_144  # bytes
# What is done to the database once its rows are proved, in the same transaction.
Finish = Callable[[Connection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that was read to its end and is whole, and what it says of itself.

    The key in it is restored with the rest, but for those who ask for it to stay out.
    """

    path: Path
    manifest: Mapping[str, Any]
    with_key: bool


def read_backup(settings: Settings, path: Path, *, with_key: bool) -> Backup:
    """The backup, where there is room for its files, and its key. Raises BackupError."""
    manifest = read_manifest(path)
    if manifest.get("format") != FORMAT:
        msg = f"{path} was made by another version of Looplane ({manifest.get('looplane')})."
        raise BackupError(msg)
    if with_key:
        refuse_other_key(settings, path, manifest)
    _refuse_used(settings, path)
    return Backup(path, manifest, with_key and settings.secret_key is None)


async def restore_backup(
    con: Connection, settings: Settings, backup: Backup, finish: Finish
) -> None:
    """Puts it into the database of `con` and the data directory.

    Raises BackupError, after which nothing is there.
    """
    path, manifest = backup.path, backup.manifest
    async with filling(con):
        with opened_members(path) as members:
            name, dump = next(members)
            if name != DUMP:
                msg = f"{path} does not begin with the database."
                raise BackupError(msg)
            await fill(con, settings.pg_bin, dump, manifest["pg_dump"])
            refuse_differences(from_document(manifest["tables"]), await take_fingerprints(con))
            await finish(con)
            await asyncio.to_thread(_place, settings, backup, members)


async def fill(con: Connection, pg_bin: Path | None, dump: IO[bytes], version: int) -> None:
    """Runs what pg_dump of this major version wrote. Raises BackupError."""
    try:
        with as_statements(dump, pg_bin, version) as statements:
            await run_statements(con, statements)
    except asyncpg.UniqueViolationError as error:
        msg = (
            f"Nothing was written: by this server's rules of letters two rows of {error.table_name}"
            f" are the same, which the other one's tell apart. {error.detail} Rename one of them"
            " there, and try again."
        )
        raise BackupError(msg) from error


def _refuse_used(settings: Settings, path: Path) -> None:
    """Files that are there are somebody's, but for the backup's own.

    Those a restore left that was killed before its end.
    """
    folder = settings.data_dir / "files"
    there = _names(folder) if settings.files_s3_bucket is None else set()
    if not there:
        return
    with opened_members(path) as members:
        for name, content in members:
            if name in there and _is_same(settings.data_dir / name, content):
                there.remove(name)
    if there:
        raise _files_are_there(folder)


def _names(folder: Path) -> set[str]:
    """Of all files below it, as in a backup."""
    found = (each for each in folder.rglob("*") if not each.is_dir())
    return {FILES + each.relative_to(folder).as_posix() for each in found}


def _is_same(path: Path, content: IO[bytes]) -> bool:
    with path.open("rb") as file:
        while chunk := content.read(_CHUNK):
            if file.read(len(chunk)) != chunk:
                return False
        return not file.read(1)


def _files_are_there(folder: Path) -> BackupError:
    return BackupError(
        f"Nothing was restored: there are files in {folder}. Move that folder away, or set"
        " LOOPLANE_DATA_DIR to one that is not there yet."
    )


def _place(settings: Settings, backup: Backup, members: Any) -> None:  # noqa: ANN401 - each a name and its content
    """Writes files and key, under their names at the very end. Raises BackupError."""
    unfinished = settings.data_dir / _UNFINISHED
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        for name, content in members:
            if name.startswith(FILES) or (name == KEY and backup.with_key):
                _write(unfinished / name, content)
        os.sync()
        _name_finally(settings.data_dir, unfinished)
        sync_folder(settings.data_dir)
    except OSError as error:
        msg = f"{settings.data_dir} cannot be written to ({error.strerror}). Nothing was restored."
        raise BackupError(msg) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _name_finally(data_dir: Path, unfinished: Path) -> None:
    folder, new = data_dir / "files", unfinished / "files"
    if (unfinished / KEY).exists():
        (unfinished / KEY).replace(data_dir / secrets.FILE)
    if not new.exists():
        return
    if _names(folder) - _names(new):  # somebody came meanwhile
        raise _files_are_there(folder)
    if folder.exists():
        folder.rename(unfinished / "before")
    new.rename(folder)


def _write(path: Path, content: IO[bytes]) -> None:
    for folder in reversed(path.parents):
        if not folder.exists():  # each for us alone, which `parents` does not see to
            folder.mkdir(mode=0o700)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        shutil.copyfileobj(content, file)
