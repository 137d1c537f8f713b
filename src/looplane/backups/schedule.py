"""Backups that are made by themselves, one at a time, of which the newest are kept."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from looplane.backups.archive import PART, path_of, take
from looplane.backups.making import moment_of, named_now
from looplane.kit.config import Settings

_log = structlog.get_logger("looplane.backups")
_LOCK = ".looplane-backups.lock"
# In seconds.
_LOOK = 60.0
_REST = 600.0  # after one that failed
_GRACE = 10.0  # for one that is under way to clean up


async def keep_backups(settings: Settings) -> None:
    """Makes backups when they are due, until cancelled, each in a process of its own.

    So one that takes hours holds nothing up, and what it fails with is no failure of the worker.
    """
    folder = settings.backup_dir
    if folder is None or not settings.backup_hours:
        return
    while True:
        well = True
        if is_due(folder, settings.backup_hours):
            well = await _make()
        await asyncio.sleep(_LOOK if well else _REST)


def is_due(folder: Path, hours: int) -> bool:
    """Whether the newest backup in `folder` is older than that."""
    newest = max(_made(folder), default=None)
    return newest is None or datetime.now(UTC) - newest[0] >= timedelta(hours=hours)


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
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOCK).open("ab") as lock:
        if not take(lock.fileno()) or (hours and not is_due(folder, hours)):
            yield None
            return
        _remove_unfinished(folder)
        yield named_now(folder)
        for _, path in sorted(_made(folder), reverse=True)[kept:]:
            path.unlink(missing_ok=True)


def _made(folder: Path) -> Iterator[tuple[datetime, Path]]:
    for path in folder.glob("*"):
        if moment := moment_of(path):
            yield moment, path


def _remove_unfinished(folder: Path) -> None:
    """What processes that were killed left."""
    for part in folder.glob(f"*{PART}"):
        if moment_of(path_of(part)):
            with suppress(FileNotFoundError), part.open("rb") as file:
                if take(file.fileno()):
                    part.unlink()
