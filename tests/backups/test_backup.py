"""A backup is there as a whole or not at all, for its owner alone, and old ones go."""

import asyncio
import errno
import fcntl
import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest

from looplane.backups import archive as files
from looplane.backups.errors import BackupError
from looplane.backups.sql import IDENTIFY, SIZE
from looplane.kit.embedded_pg.programs import find_program
from tests.backups.conftest import Desk
from tests.cli.conftest import ask
from tests.processes import BLOCKS, PATIENCE, Folder, Process, come_about

pytestmark = pytest.mark.processes
_A_FILE = """
insert into files
select id, gen_random_uuid(), 'export.csv', 'text/csv', 1, '', '', '', 'gone', 1, now(), now()
from workspaces limit 1"""


def test_a_killed_one_is_none(desk: Desk, looplane: Any, tmp_path: Path) -> None:
    path = tmp_path / "looplane.tar"

    async def kill() -> None:
        con = await asyncpg.connect(desk.url)
        await con.execute("begin; lock table tags")  # whoever reads it waits
        process = desk.start("backup", str(path))
        await come_about(lambda: con.fetchval(BLOCKS))
        process.kill()
        process.communicate()
        await con.close()

    asyncio.run(kill())
    assert [each.name for each in tmp_path.iterdir()] == ["looplane.tar.part"]
    assert "is damaged" in looplane("restore", f"{path}.part").complaint
    before = os.umask(0)
    try:
        assert looplane("backup", path).code == 0
    finally:
        os.umask(before)
    assert [each.name for each in tmp_path.iterdir()] == ["looplane.tar"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "is already there" in looplane("backup", path).complaint


def test_files_that_are_gone_are_told_of(desk: Desk, looplane: Any, tmp_path: Path) -> None:
    ask(desk.url, _A_FILE)
    try:
        outcome = looplane("backup", tmp_path)
    finally:
        ask(desk.url, "delete from files where storage_key = 'gone'")
    assert outcome.code == 0
    assert "Files that the database names and that are gone: 1." in outcome.err


def test_a_full_disk_is_said(desk: Desk, tmp_path: Path) -> None:
    process = subprocess.Popen(  # a limit of blocks is met as a full disk is
        [
            "sh",
            "-c",
            f"ulimit -f 200; exec {sys.executable} -m looplane.cli backup {tmp_path}/x.tar",
        ],
        env={**os.environ, **desk.settings},
        stderr=subprocess.PIPE,
        text=True,
    )
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "x.tar cannot be written (File too large), and there is no backup." in said
    assert not list(tmp_path.iterdir())


def test_nothing_is_no_backup(desk: Desk, looplane: Any, tmp_path: Path) -> None:
    url = desk.new_database(desk.url)
    assert "nothing to back up" in looplane("backup", tmp_path, database_url=url).complaint
    assert not list(tmp_path.iterdir())
    assert "LOOPLANE_BACKUP_DIR" in looplane("backup").complaint


def test_the_key_may_stay_out(looplane: Any, archive: Path, tmp_path: Path) -> None:
    made = looplane("backup", tmp_path / "a.tar", "--without-secret-key", "--json").document
    assert made["manifest"]["secret_key"] == "left out"
    key = "a key that opens"
    assert key.encode() in archive.read_bytes()
    assert key.encode() not in (tmp_path / "a.tar").read_bytes()


def test_the_newest_are_kept_and_nothing_else_goes(
    desk: Desk, looplane: Any, tmp_path: Path
) -> None:
    now, whose = datetime.now(UTC), ask(desk.url, IDENTIFY)[0][0]
    # The last one was made while the clock was wrong.
    old = [
        f"looplane-{whose}-{now - timedelta(hours=h):%Y%m%dT%H%M%SZ}.tar"
        for h in (3, 30, 300, -9999)
    ]
    # The last two are of another Looplane, and of who named none.
    others = {
        f"looplane-{whose}-mine.tar",
        f"looplane-{whose}-20200101T000000Z.tar.gz",
        "notes.tar.part",
        f"looplane-00000000-{now:%Y%m%dT%H%M%SZ}.tar",
        "looplane-20200101T000000Z.tar",
    }
    unfinished = f"looplane-{whose}-20200101T000000Z.tar.part"
    for name in {*old, *others, unfinished}:
        (tmp_path / name).touch()
    chosen = {"backup_dir": tmp_path, "backups_kept": 2}
    due = looplane("backup", "--due", "--json", **chosen, backup_hours=4)
    assert (due.code, due.out) == (0, "")
    made = looplane("backup", "--due", "--json", **chosen, backup_hours=2).document
    found = {each.name for each in tmp_path.glob("[!.]*")}
    assert found == {Path(made["file"]).name, old[0], *others}
    with (tmp_path / ".looplane-backups.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert looplane("backup", "--due", **chosen, backup_hours=1).code == 0
        waiting = looplane("backup", **chosen)
    assert "wait for it" in waiting.complaint
    gone = looplane("backup", backup_dir=tmp_path / "not mounted").complaint
    assert f"mkdir -p -m 700 '{tmp_path}/not mounted'" in gone


def test_one_that_could_fill_the_disk_is_not_begun(
    desk: Desk, looplane: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = ask(desk.url, SIZE)[0][0]
    free = [0]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free[0]))
    free[0] = size + 999 * 10**6
    complaint = looplane("backup", backup_dir=tmp_path).complaint
    assert "it could fill the disk" in complaint
    assert [each.name for each in tmp_path.iterdir()] == [".looplane-backups.lock"]
    free[0] = size + 1001 * 10**6
    made = looplane("backup", "--json", backup_dir=tmp_path).document
    assert made["bytes"] < size
    # What the last one took is known now; another of the same second would have its name.
    path = Path(made["file"])
    path.rename(path.with_name(path.name.replace(path.name[-20:], "20200101T000000Z.tar")))
    free[0] = made["bytes"] + 1000 * 10**6
    assert looplane("backup", backup_dir=tmp_path, backups_kept=9).code == 0
    free[0] -= 1000
    assert "could fill" in looplane("backup", backup_dir=tmp_path, backups_kept=9).complaint


def test_whose_a_backup_is_goes_where_the_database_goes(
    desk: Desk, archive: Path, looplane: Any, tmp_path: Path
) -> None:
    url, other = desk.new_database(desk.url), desk.new_database(desk.url)
    chosen = {"data_dir": tmp_path / "data"}
    assert looplane("restore", archive, database_url=url, **chosen).code == 0
    assert looplane("migrate", database_url=other, **chosen).code == 0
    found = [ask(each, IDENTIFY)[0][0] for each in (desk.url, url, other)]
    assert found[0] == found[1] != found[2]


async def test_the_worker_makes_one(desk: Desk, archive: Path, tmp_path: Path) -> None:
    # A worker writes, so it gets a database of its own.
    url = await asyncio.to_thread(desk.new_database, desk.url)
    restoring = desk.start("restore", str(archive), database_url=url, data_dir=tmp_path / "data")
    assert restoring.wait(PATIENCE) == 0, restoring.communicate()
    restoring.communicate()
    place = Folder(tmp_path)
    backups, broken = tmp_path / "backups", tmp_path / ("n" * 300)  # a dead mount fails, too
    backups.mkdir()

    def start(folder: Path) -> Process:
        chosen = {"database_url": url, "log_level": "info"}
        return place.start("worker", None, **chosen, backup_dir=folder, backup_hours=1)

    both = [start(backups), start(backups)]
    failing = start(broken)

    def told() -> str:
        return "".join(each.said() + each.complained() for each in both)

    try:
        await come_about(lambda: "a backup was made" in told())
        await come_about(lambda: "a backup failed" in failing.said() + failing.complained())
        async with httpx.AsyncClient() as asking:
            figures = (
                await asking.get(f"http://127.0.0.1:{failing.settings['port']}/metrics")
            ).text
        assert 'looplane_worker_round_failures_total{round="backups"} 1.0' in figures
        assert told().count("a backup was made") == len(list(backups.glob("*.tar"))) == 1
        assert all(each.runs() for each in (*both, failing))
    finally:
        place.close()


def test_what_may_not_be_read_is_not_left_out(
    looplane: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def closed(path: Any) -> Any:
        if str(path).endswith("files/one"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    complaint = looplane("backup", tmp_path / "looplane.tar").complaint
    assert "files/one: Permission denied" in complaint
    assert not list(tmp_path.iterdir())


def test_one_that_ended_just_now_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "looplane.tar"

    def taken_late(_: int) -> bool:
        (tmp_path / "looplane.tar.part").rename(path)
        path.write_text("whole")
        return True

    monkeypatch.setattr(files, "take", taken_late)
    with pytest.raises(BackupError, match="Another process"), files.new_file(path):
        pass
    assert path.read_text() == "whole"


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """Such as somebody else may make where all may write."""
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "looplane.tar.part").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic"), files.new_file(tmp_path / "looplane.tar"):
        pass
    assert (tmp_path / "precious").read_text() == "kept"


def test_a_disk_without_room_for_a_byte_is_said(tmp_path: Path) -> None:
    path = tmp_path / "looplane.tar"
    said = f"{path} cannot be written .No space left on device., and there is no backup"

    def write() -> None:
        with files.new_file(path) as file, open("/dev/full", "wb") as full:  # noqa: PTH123
            os.dup2(full.fileno(), file.fileno())
            file.write(b"x")

    with pytest.raises(BackupError, match=said):
        write()
    assert not list(tmp_path.iterdir())


# Between the moment of a backup and its reading, a migration writes a table anew.
REWRITES = r"""#!/bin/sh
case "$*" in *--snapshot*) PGOPTIONS="-c lock_timeout=500" {psql} -X -q -c 'alter table
  "Odd, (table)" alter column span type tstzrange using span * tstzrange(null, null)' 2>>{said} ;; esac
exec {pg_dump} "$@"
"""


def test_a_migration_that_comes_between_takes_nothing_away(
    desk: Desk, looplane: Any, tmp_path: Path
) -> None:
    programs = {name: find_program(name, None) for name in ("psql", "pg_dump")}
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/pg_dump").write_text(REWRITES.format(**programs, said=tmp_path / "said"))
    (tmp_path / "bin/pg_dump").chmod(0o755)
    chosen = {"database_url": desk.url, "pg_bin": tmp_path / "bin"}
    made = looplane("backup", tmp_path / "looplane.tar", "--json", **chosen).document
    assert "lock timeout" in (tmp_path / "said").read_text()
    assert made["manifest"]["tables"]['public."Odd, (table)"']["rows"] == 4
