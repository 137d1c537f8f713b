"""A backup that is stopped in the middle leaves nothing: no part of a file, and no program."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from looplane.backups import schedule
from looplane.kit.embedded_pg.programs import find_program
from tests.backups.conftest import Desk
from tests.processes import PATIENCE, Folder, come_about

pytestmark = pytest.mark.processes
# Says which process it is, and waits for ever.
_WAITS = """#!/bin/sh
case "$*" in *--snapshot*) echo $$ >>{said}; exec sleep 600 ;; esac
exec {pg_dump} "$@"
"""


def waiting_programs(folder: Path) -> Path:
    """A folder with a pg_dump that never ends."""
    bin_dir = folder / "bin"
    bin_dir.mkdir()
    program = find_program("pg_dump", None)
    (bin_dir / "pg_dump").write_text(_WAITS.format(pg_dump=program, said=said(folder)))
    (bin_dir / "pg_dump").chmod(0o755)
    return bin_dir


def said(folder: Path) -> Path:
    return folder / "said"


def runs(folder: Path) -> bool:
    """Whether the pg_dump that was started there is not gone."""
    state = Path(f"/proc/{said(folder).read_text().split()[-1]}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_by_hand(desk: Desk, tmp_path: Path, how: signal.Signals) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    chosen = {"database_url": desk.url, "pg_bin": waiting_programs(tmp_path)}
    process = desk.start("backup", str(place), **chosen)
    asyncio.run(come_about(said(tmp_path).exists))
    process.send_signal(how)
    _, words = process.communicate(timeout=PATIENCE)
    assert (process.returncode, words) == (130, "")
    assert not list(place.iterdir())
    assert not runs(tmp_path)


async def test_with_its_worker(desk: Desk, tmp_path: Path) -> None:
    url = await asyncio.to_thread(desk.new_database, desk.url)
    making = desk.start("migrate", database_url=url)
    assert await asyncio.to_thread(making.wait, PATIENCE) == 0, making.communicate()
    making.communicate()
    folder = Folder(tmp_path)
    (backups := tmp_path / "backups").mkdir()
    chosen: dict[str, Any] = {"backup_dir": backups, "backup_hours": 1}
    bin_dir = waiting_programs(tmp_path)
    worker = folder.start("worker", None, database_url=url, pg_bin=bin_dir, **chosen)
    try:
        await come_about(said(tmp_path).exists)
        worker.popen.terminate()
        assert await worker.ended() == 0
        assert [each.name for each in backups.iterdir()] == [".looplane-backups.lock"]
        assert not runs(tmp_path)
    finally:
        folder.close()


async def test_one_that_does_not_end_is_killed_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "_GRACE", 0.2)
    script = f"trap '' TERM; sleep 600 & echo $! >{said(tmp_path)}; wait"
    process = await asyncio.create_subprocess_exec("sh", "-c", script, start_new_session=True)
    await come_about(lambda: said(tmp_path).exists() and said(tmp_path).read_text())
    await schedule.end_session(process)
    assert process.returncode == -signal.SIGKILL
    await come_about(lambda: not runs(tmp_path))
