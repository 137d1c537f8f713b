"""Backups that are made by themselves, one at a time, of which the newest are kept."""

import asyncio
import json
import os
import shlex
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import structlog

from looplane.backups import sql
from looplane.backups.archive import PART, path_of, take
from looplane.backups.errors import BackupError
from looplane.backups.making import moment_of, named_now, refuse_nothing
from looplane.kit.config import Settings
from looplane.kit.database import Connection, Database
from looplane.kit.work_metrics import count_failure, note_round

_log = structlog.get_logger("looplane.backups")
_LOCK = ".looplane-backups.lock"
_ROUND = "backups"  # what figures call it
_MB = 1_000_000
_RESERVE = 1000 * _MB
# In seconds.
_LOOK = 60.0
_HOUR = 3600.0
_REST = 600.0  # after one that failed
_GRACE = 10.0  # for one that is under way to clean up
_SKEW = timedelta(hours=1)  # by which the clocks of machines with the same folder may differ


@dataclass(frozen=True, slots=True)
class Shelf:
    """The backups of one database in a folder, where others may have theirs, too.

    `whose` is the same wherever the database goes; `guess` is what the first one takes, in bytes.
    """

    folder: Path
    whose: str
    guess: int


async def find_shelf(con: Connection, settings: Settings, folder: Path) -> Shelf:
    """Where the backups of the database are kept. Raises BackupError where it has no tables."""
    await refuse_nothing(con)
    guess = await con.fetchval(sql.SIZE)
    if settings.files_s3_bucket is None and await con.fetchval(sql.HAS_FILES):
        guess += await con.fetchval(sql.SIZE_OF_FILES)
    return Shelf(folder, await con.fetchval(sql.IDENTIFY), guess)


async def keep_backups(database: Database, settings: Settings) -> None:
    """Makes backups when they are due, until cancelled, each in a process of its own.

    So one that takes hours holds nothing up, and what it fails with is no failure of the worker.
    """
    folder = settings.backup_dir
    if folder is None or not settings.backup_hours:
        return
    whose: str | None = None
    while True:
        whose = whose or await _identify(database)
        well = await _make() if _may_be_due(folder, whose, settings.backup_hours) else True
        if well:
            note_round(_ROUND, settings.backup_hours * _HOUR)
        else:
            count_failure(_ROUND)
        await asyncio.sleep(_LOOK if well else _REST)


async def _identify(database: Database) -> str | None:
    with suppress(Exception):  # whoever makes one says what is wrong
        async with database.reading() as con:
            whose: str = await con.fetchval(sql.IDENTIFY)
            return whose
    return None


def _may_be_due(folder: Path, whose: str | None, hours: int) -> bool:
    try:
        return whose is None or is_due(folder, whose, hours)
    except OSError:
        return True  # whoever makes one says what is wrong with the folder


def is_due(folder: Path, whose: str, hours: int) -> bool:
    """Whether no backup of ours in `folder` was made within that time.

    One of a time to come says nothing: the clock was wrong then. Raises OSError.
    """
    now, span = datetime.now(UTC), timedelta(hours=hours)
    return not any(abs(now - moment) < span for moment, _ in _made(folder, whose))


async def _make() -> bool:
    command = [sys.executable, "-P", "-m", "looplane.cli", "backup", "--due", "--json"]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    try:
        outcome, words = await process.communicate()
    finally:
        await end_session(process)
    if process.returncode:
        said = " ".join(words.decode(errors="replace").split())
        _log.error("a backup failed", reason=said, next_try_seconds=_REST)
    elif outcome:
        made = json.loads(outcome)
        _log.info("a backup was made", file=made["file"], bytes=made["bytes"])
    return process.returncode == 0


async def end_session(process: Process) -> None:
    """Lets a program clean up; later than that, it is killed with all that it has started."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_GRACE):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):  # it ended just now
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


@contextmanager
def made_in_turn(shelf: Shelf, hours: int, kept: int) -> Iterator[Path | None]:
    """Where to make the next backup, while nobody else makes one; None where there is no need.

    Once it is made, the oldest of ours go but for `kept`. Files with other names are nobody's
    business. Raises BackupError where there is no such folder, or no room in it, and OSError.
    """
    folder, whose = shelf.folder, shelf.whose
    with _opened_lock(folder) as lock:
        if not take(lock.fileno()):
            if hours:
                yield None
                return
            msg = f"Another process is making a backup in {folder}; wait for it."
            raise BackupError(msg)
        if hours and not is_due(folder, whose, hours):
            yield None
            return
        _remove_unfinished(folder, whose)
        _refuse_full(shelf)
        path = named_now(folder, whose)
        yield path
        others = (each for each in _from_the_newest(folder, whose) if each != path)
        for old in list(others)[kept - 1 :]:
            old.unlink(missing_ok=True)


def _opened_lock(folder: Path) -> IO[bytes]:
    """Never makes the folder: where a disk is not mounted, it would be one of another disk."""
    try:
        return (folder / _LOCK).open("ab")
    except FileNotFoundError as error:
        msg = (
            f"There is no folder {folder} (LOOPLANE_BACKUP_DIR): mount its disk, or make it with"
            f" `mkdir -p -m 700 {shlex.quote(str(folder))}`."
        )
        raise BackupError(msg) from error


def _refuse_full(shelf: Shelf) -> None:
    """Raises BackupError where the next one would fill the disk, on which the database may be."""
    free = shutil.disk_usage(shelf.folder).free
    last = next((each.stat().st_size for each in _from_the_newest(shelf.folder, shelf.whose)), 0)
    needed = (last or shelf.guess) + _RESERVE
    if free < needed:
        msg = (
            f"There is no backup, for it could fill the disk: {free / _MB:,.0f} MB are free in"
            f" {shelf.folder}, and {needed / _MB:,.0f} MB must be, {_RESERVE / _MB:,.0f} of them"
            " to stay free. Free some, keep fewer (LOOPLANE_BACKUPS_KEPT), or take another disk."
        )
        raise BackupError(msg)


def _from_the_newest(folder: Path, whose: str) -> list[Path]:
    """Those that a wrong clock named after a time to come are older than what is made now."""
    soon = datetime.now(UTC) + _SKEW
    made = sorted(_made(folder, whose), key=lambda each: (each[0] <= soon, *each), reverse=True)
    return [path for _, path in made]


def _made(folder: Path, whose: str) -> Iterator[tuple[datetime, Path]]:
    with os.scandir(folder) as found:
        for path in (Path(each.path) for each in found):
            if moment := moment_of(path, whose):
                yield moment, path


def _remove_unfinished(folder: Path, whose: str) -> None:
    """What processes that were killed left."""
    for part in folder.glob(f"*{PART}"):
        if moment_of(path_of(part), whose):
            with suppress(FileNotFoundError), part.open("rb") as file:
                if take(file.fileno()):
                    part.unlink()
