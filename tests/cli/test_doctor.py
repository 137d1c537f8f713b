"""What `looplane doctor` finds."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from looplane.cli.database_checks import check_clock, check_version
from looplane.cli.machine_checks import (
    check_data_dir,
    check_disk,
    check_permissions,
    check_port,
    judge_disk,
)
from looplane.delivery.commands import LEASE
from looplane.delivery.dispatch.commands import RENEWED_AFTER
from looplane.kit.config import Settings
from tests.cli.conftest import Ask, ask, states
from tests.processes import folder

NAMES = [
    *("database", "data", "disk", "clock", "permissions", "secrets"),
    *("migrations", "events", "port"),
]


def test_doctor_finds_nothing(looplane: Ask) -> None:
    outcome = looplane("doctor", "--json")
    assert outcome.document["ok"]
    assert states(outcome) == dict.fromkeys(NAMES, "ok")
    text = looplane("doctor").out
    assert [line.split()[:2] for line in text.splitlines()] == [["ok", name] for name in NAMES]


def test_doctor_migrates_nothing(looplane: Ask, empty: str) -> None:
    outcome = looplane("doctor", "--json")
    assert outcome.code == 0
    assert states(outcome)["migrations"] == "warn"
    assert not ask(empty, "select from pg_tables where schemaname = 'public'")


@pytest.fixture
def later(url: str) -> Iterator[str]:
    """A migration that a newer program applied."""
    ask(url, "insert into migrations (name, digest) values ('2999-01-01_later.sql', '')")
    yield "2999-01-01_later.sql"
    ask(url, "delete from migrations where name like '2999%'")


def test_newer_migration_is_told_by_every_command(looplane: Ask, later: str) -> None:
    outcome = looplane("doctor", "--json")
    assert (outcome.code, states(outcome)["migrations"]) == (0, "warn")
    for words in (("workspace", "list", "--json"), ("migrate", "--json")):
        outcome = looplane(*words)
        assert outcome.document in ({"data": []}, {"applied": []})
        assert later in outcome.err


def test_newer_migration_that_breaks_us_stops_every_command(
    looplane: Ask, later: str, url: str
) -> None:
    ask(url, "update migrations set breaks_older = 'no workspaces' where name = $1", later)
    outcome = looplane("doctor", "--json")
    assert (outcome.code, states(outcome)["migrations"]) == (1, "fail")
    for words in (("workspace", "list"), ("migrate",), ("demo",)):
        complaint = looplane(*words).complaint
        assert later in complaint
        assert "no workspaces" in complaint


def test_port_of_another_program_is_a_failure(looplane: Ask, settings: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(settings["LOOPLANE_PORT"]))):
        outcome = looplane("doctor", "--json")
    assert outcome.code == 1
    assert states(outcome)["port"] == "fail"


@pytest.mark.usefixtures("database")  # its tables
async def test_port_of_a_running_looplane_is_none(dsn: str) -> None:
    with folder() as here:
        api = await here.started("api", database_url=dsn)
        port = int(str(api.settings["port"]))
        found = await asyncio.to_thread(check_port, Settings(port=port))
    assert found.state == "ok"
    assert found.message.startswith("Looplane answers")


def test_address_that_is_not_ours_is_a_failure() -> None:
    found = check_port(Settings(host="192.0.2.1"))  # an address for documentation
    assert found.state == "fail"
    assert "192.0.2.1" in found.message


def test_what_is_kept_beside_a_database_elsewhere(tmp_path: Path) -> None:
    """Files and secret.key, unless both are elsewhere too."""
    there = Settings(data_dir=tmp_path, database_url="postgresql://db.firm.example/looplane")
    found = check_data_dir(there)
    assert (found.state, str(tmp_path) in found.message) == ("ok", True)
    assert "files and secret.key" in found.message
    assert str(tmp_path) in check_disk(there).message
    bucket = replace(there, files_s3_bucket="files")
    assert f"{tmp_path} (LOOPLANE_DATA_DIR): secret.key; " in check_data_dir(bucket).message
    for check in (check_data_dir, check_disk):
        assert str(tmp_path) not in check(replace(bucket, secret_key="0" * 64)).message


@pytest.mark.parametrize(
    ("free", "state"), [(99_999_999, "fail"), (100_000_000, "warn"), (1_000_000_000, "ok")]
)
def test_room_on_the_disk(free: int, state: str) -> None:
    assert judge_disk(Path("data"), free).state == state


@pytest.mark.parametrize(
    ("seconds", "state", "word"),
    [(0.9, "ok", "agree"), (-1.1, "warn", "behind"), (9, "warn", "ahead"), (11, "fail", "11.0")],
)
def test_clocks_apart(seconds: float, state: str, word: str) -> None:
    found = check_clock(timedelta(seconds=seconds))
    assert (found.state, word in found.message) == (state, True)


def test_clocks_that_let_workers_send_twice_are_wrong() -> None:
    apart = LEASE - RENEWED_AFTER
    assert {check_clock(way * apart).state for way in (1, -1)} == {"fail"}


@pytest.mark.parametrize(("major", "state"), [(14, "fail"), (15, "ok"), (18, "ok"), (19, "warn")])
def test_version_of_the_server(major: int, state: str) -> None:
    assert check_version(major, "here").state == state


def test_permissions_of_the_data(tmp_path: Path) -> None:
    here = Settings(data_dir=tmp_path / "data")
    assert check_permissions(here).state == "ok"
    secret = here.data_dir / "postgres" / "looplane.password"
    secret.parent.mkdir(parents=True)
    secret.write_text("secret")
    for mode, state in ((0o600, "ok"), (0o640, "fail"), (0o604, "fail"), (0o600, "ok")):
        secret.chmod(mode)
        found = check_permissions(here)
        assert found.state == state
        assert (str(secret) in (found.action or "")) == (state == "fail")
    here.data_dir.chmod(0o777)
    assert check_permissions(here).state == "warn"
    assert check_permissions(replace(here, database_url="postgresql://")).state == "warn"
    elsewhere = Settings(data_dir=tmp_path / "none", database_url="postgresql://")
    assert check_permissions(elsewhere).state == "ok"


def test_where_the_data_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Settings(data_dir=tmp_path / "set")
    found = check_data_dir(here)
    assert (found.state, found.message) == ("ok", f"{here.data_dir} (LOOPLANE_DATA_DIR)")
    assert check_data_dir(Settings()).message.endswith("/data (of this checkout)")
    earlier = tmp_path / "data/postgres/looplane.password"
    earlier.parent.mkdir(parents=True)
    earlier.touch()
    monkeypatch.chdir(tmp_path)
    assert check_data_dir(here).state == "ok"
    found = check_data_dir(Settings())
    assert (found.state, f"LOOPLANE_DATA_DIR={tmp_path / 'data'}" in found.message) == (
        "warn",
        True,
    )
    assert check_data_dir(Settings(database_url="postgresql://")).state == "ok"
