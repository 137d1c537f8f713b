"""Where there is no database, none is made by accident; where one is made, that is said."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from looplane.kit.embedded_pg.lock import OwnerLock
from tests.cli.conftest import Ask, states
from tests.processes import Folder, folder

pytestmark = pytest.mark.processes
COMMANDS = [
    ("workspace", "list"),
    ("workspace", "create", "Acme"),
    ("workspace", "delete", "Acme", "--yes", "Acme"),
    ("member", "list", "--workspace", "W"),
    ("key", "list", "--workspace", "W"),
    ("contact", "erase", "a@b.example", "--workspace", "W", "--yes"),
    ("demo", "remove", "--yes"),
    ("clean-html",),
    ("pg", "psql"),
]


@pytest.fixture
def nowhere(looplane: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory that was mistyped."""
    del looplane  # it sets the environment first
    monkeypatch.delenv("LOOPLANE_DATABASE_URL")
    monkeypatch.setenv("LOOPLANE_DATA_DIR", str(tmp_path / "mistyped"))
    return tmp_path / "mistyped"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_makes_none_and_says_where_it_looked(
    looplane: Ask, nowhere: Path, words: tuple[str, ...]
) -> None:
    complaint = looplane(*words).complaint
    assert f"no database in {nowhere} (LOOPLANE_DATA_DIR)" in complaint
    assert "`looplane serve` makes a new one" in complaint
    assert list(nowhere.parent.iterdir()) == []


def test_a_folder_without_one_is_left_as_it_is(looplane: Ask, nowhere: Path) -> None:
    nowhere.mkdir()
    (nowhere / "postgres.lock").touch()
    assert "no database in" in looplane("workspace", "list").complaint
    assert [each.name for each in nowhere.iterdir()] == ["postgres.lock"]
    lock = OwnerLock(nowhere / "postgres.lock")
    assert lock.take(), "it is let go of"
    lock.release()


def test_the_default_is_named_with_its_reason(
    looplane: Ask, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOOPLANE_DATA_DIR")
    monkeypatch.setattr("looplane.kit.embedded_pg.data_dir._SOURCES", nowhere)
    monkeypatch.setenv("XDG_DATA_HOME", str(nowhere))
    assert f"{nowhere}/looplane (the default)" in looplane("workspace", "list").complaint
    source = nowhere.parent / "src"
    monkeypatch.setattr("looplane.kit.embedded_pg.data_dir._SOURCES", source)
    (nowhere.parent / "pyproject.toml").touch()
    assert f"{nowhere.parent}/data (of this checkout)" in looplane("workspace", "list").complaint


def test_the_doctor_says_so_and_makes_nothing(looplane: Ask, nowhere: Path) -> None:
    outcome = looplane("doctor", "--json")
    assert outcome.code == 1
    assert states(outcome) | {"database": "fail", "clock": "warn", "migrations": "warn"} == states(
        outcome
    )
    assert "no database in" in outcome.out
    assert list(nowhere.parent.iterdir()) == []


@pytest.fixture
def place() -> Iterator[Folder]:
    with folder() as opened:
        yield opened


def ran(place: Folder, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """What a command said in a shell of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("LOOPLANE_")}
    env |= {"LOOPLANE_DATA_DIR": str(place.data_dir), **settings}
    command = [sys.executable, "-m", "looplane.cli", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def written(place: Folder) -> dict[str, tuple[int, int]]:
    """What is in the data directory but what a server that runs has of its own."""
    own: tuple[str, ...] = (
        "postmaster.pid",
        "postgres.log",
        "pg_wal",
        "pg_control",
        "pgstat",
        "pg_stat",
        "socket",
    )
    own += ("pg_internal.init", "pg_logical", "pg_xact", "postmaster.opts")
    return {
        str(each.relative_to(place.data_dir)): (each.stat().st_size, each.stat().st_ino)
        for each in place.data_dir.rglob("*")
        if each.is_file() and not any(name in str(each) for name in own)
    }


@pytest.mark.parametrize("part", ["api", "worker"])
def test_a_part_makes_none_either(place: Folder, part: str) -> None:
    outcome = ran(place, part, LOOPLANE_PORT="0")
    assert outcome.returncode == 1
    assert f"no database in {place.data_dir}" in outcome.stderr
    assert not place.data_dir.exists()


async def test_a_new_one_is_told_once_and_the_doctor_only_looks(place: Folder) -> None:
    first = await place.started("serve")
    told = f"A new database in {place.data_dir} (LOOPLANE_DATA_DIR)"
    lines = first.complained().splitlines()
    assert lines.count(told) == 1, "in words, as all that a start says"
    beside = ran(place, "doctor", LOOPLANE_PORT=str(first.settings["port"]))
    assert beside.returncode == 0, beside.stdout
    assert "Looplane answers at" in beside.stdout
    first.popen.send_signal(signal.SIGTERM)
    assert await first.ended() == 0
    before = written(place)
    assert len(before) > 100
    found = ran(place, "doctor", LOOPLANE_PORT=str(first.settings["port"]))
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"in {place.data_dir}" in found.stdout
    assert written(place) == before
    again = await place.restarted(first)
    assert "A new database" not in again.complained()


def test_the_demo_makes_one_with_its_tables(place: Folder) -> None:
    made = ran(place, "demo", "--json")
    assert made.returncode == 0, made.stderr
    assert f"A new database in {place.data_dir}" in made.stderr
    removed = ran(place, "demo", "remove", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert "ll_" not in removed.stdout
