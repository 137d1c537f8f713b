"""Programs of PostgreSQL: every part of an address reaches them, and the one that fits is taken."""

from pathlib import Path

import pytest

from looplane.cli.move import without_password
from looplane.kit.embedded_pg import programs
from looplane.kit.embedded_pg.programs import find_program
from looplane.kit.libpq import libpq_environment, parameters_of

CASES = {
    "postgresql://u:p%40ss@h:5433/d?sslmode=verify-full&sslrootcert=/ca.pem": {
        "host": "h",
        "port": "5433",
        "user": "u",
        "password": "p@ss",
        "dbname": "d",
        "sslmode": "verify-full",
        "sslrootcert": "/ca.pem",
    },
    "postgres://a,b:2,[::1]:3/d?target_session_attrs=read-write": {
        "host": "a,b,::1",
        "port": ",2,3",
        "dbname": "d",
        "target_session_attrs": "read-write",
    },
    "postgresql://u@/d?host=%2Fa%20b&port=6": {
        "host": "/a b",
        "port": "6",
        "user": "u",
        "dbname": "d",
    },
    "postgresql://%2Fsocket/d?options=-c%20jit%3Doff&search_path=a%20b": {
        "host": "/socket",
        "dbname": "d",
        "options": "-c jit=off -c search_path=a\\ b",
    },
    "postgresql://?database=d&user=u&password=p": {"dbname": "d", "user": "u", "password": "p"},
}


@pytest.mark.parametrize("address", CASES)
def test_every_part_of_an_address_is_kept(address: str) -> None:
    assert parameters_of(address) == CASES[address]


def test_a_service_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "services").write_text("[ours]\nhost=far\nsslmode=require\npassword=p\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    with libpq_environment("postgresql://near/d?service=ours") as environment:
        said = Path(environment["PGSERVICEFILE"]).read_text().split()
        assert Path(environment["PGSERVICEFILE"]).stat().st_mode & 0o077 == 0
    assert {"host=near", "sslmode=require", "dbname=d"} < set(said)
    assert "password=p" not in said
    assert environment["PGPASSWORD"] == "p"
    assert not Path(environment["PGSERVICEFILE"]).exists()


def test_an_address_is_shown_without_its_password() -> None:
    shown = without_password("postgresql://u:s:e:cret@h/d?sslpassword=secret&password=secret&x=1")
    assert shown == "postgresql://u:PASSWORD@h/d?sslpassword=PASSWORD&password=PASSWORD&x=1"


def _program(folder: Path, version: int) -> Path:
    folder.mkdir()
    path = folder / "pg_dump"
    path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.1 (of some system)'\n")
    path.chmod(0o755)
    return folder


def test_the_program_that_fits_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, ours, path = (_program(tmp_path / str(v), v) for v in (15, 18, 17))
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setattr(programs, "from_wheel", lambda: [ours])
    monkeypatch.setattr(programs, "from_system", list)

    def found(address: str, at_least: int = 0, pg_bin: Path | None = None) -> str | None:
        program = find_program("pg_dump", pg_bin, address, at_least)
        return program and Path(program).parent.name

    local, network = "postgresql:///d?host=/socket", "postgresql://h/d"
    assert found(local) == "18"
    assert found(local, 15, given) == "15"
    assert found(local, 16, given) == "18"  # the one that was given is too old for this server
    assert found(network) == "17"  # the embedded ones would speak no TLS
    assert found(network, 18) == "18"
    assert found(f"{network}?sslmode=require", 18) is None
    assert found(f"{network}?sslmode=disable") == "18"
