"""Backups that are made by themselves, one at a time, of which the newest are kept."""

import asyncio
import json
import os
import shlex
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import structlog

from looplane.backups.archive import PART, path_of, take
from looplane.backups.errors import BackupError
from looplane.backups.making import moment_of, named_now
from looplane.kit.config import Settings

_log = structlog.get_logger("looplane.backups")
_LOCK = ".looplane-backups.lock"
# In seconds.
_LOOK = 60.0
_REST = 600.0  # after one that failed
_GRACE = 10.0  # for one that is under way to clean up
_SKEW = timedelta(hours=1)  # by which the clocks of machines with the same folder may differ


async def keep_backups(settings: Settings) -> None:
    """Makes backups when they are due, until cancelled, each in a process of its own.

    So one that takes hours holds nothing up, and what it fails with is no failure of the worker.
    """
    folder = settings.backup_dir
    if folder is None or not settings.backup_hours:
        return
    while True:
        well = await _make() if _may_be_due(folder, settings.backup_hours) else True
        await asyncio.sleep(_LOOK if well else _REST)


def _may_be_due(folder: Path, hours: int) -> bool:
    try:
        return is_due(folder, hours)
    except OSError:
        return True  # whoever makes one says what is wrong with the folder


def is_due(folder: Path, hours: int) -> bool:
    """Whether no backup in `folder` was made within that time.

    One of a time to come says nothing: the clock was wrong then. Raises OSError.
    """
    now, span = datetime.now(UTC), timedelta(hours=hours)
    return not any(abs(now - moment) < span for moment, _ in _made(folder))


async def _make() -> bool:
    command = [sys.executable, "-P", "-m", "looplane.cli", "backup", "--due", "--json"]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    try:
        outcome, words = await process.communicate()
    finally:
        await _end(process)
    if process.returncode:
        said = " ".join(words.decode(errors="replace").split())
        _log.error("a backup failed", reason=said, next_try_seconds=_REST)
    elif outcome:
        made = json.loads(outcome)
        _log.info("a backup was made", file=made["file"], bytes=made["bytes"])
    return process.returncode == 0


async def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_GRACE):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()


@contextmanager
def made_in_turn(folder: Path, hours: int, kept: int) -> Iterator[Path | None]:
    """Where to make the next backup, while nobody else makes one; None where there is no need.

    Once it is made, the oldest go but for `kept`. Files with other names are nobody's business.
    Raises BackupError where there is no such folder, and OSError.
    """
    with _opened_lock(folder) as lock:
        if not take(lock.fileno()):
            if hours:
                yield None
                return
            msg = f"Another process is making a backup in {folder}; wait for it."
            raise BackupError(msg)
        if hours and not is_due(folder, hours):
            yield None
            return
        _remove_unfinished(folder)
        path = named_now(folder)
        yield path
        others = (each for each in _from_the_newest(folder) if each != path)
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


def _from_the_newest(folder: Path) -> list[Path]:
    """Those that a wrong clock named after a time to come are older than what is made now."""
    soon = datetime.now(UTC) + _SKEW
    made = sorted(_made(folder), key=lambda each: (each[0] <= soon, *each), reverse=True)
    return [path for _, path in made]


def _made(folder: Path) -> Iterator[tuple[datetime, Path]]:
    with os.scandir(folder) as found:
        for path in (Path(each.path) for each in found):
            if moment := moment_of(path):
                yield moment, path


def _remove_unfinished(folder: Path) -> None:
    """What processes that were killed left."""
    for part in folder.glob(f"*{PART}"):
        if moment_of(path_of(part)):
            with suppress(FileNotFoundError), part.open("rb") as file:
                if take(file.fileno()):
                    part.unlink()
