"""A recovery that is stopped, let go on, and watched by a clock of the test's own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from looplane.kit.embedded_pg import postmaster, progress
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.place import Place
from looplane.kit.embedded_pg.postmaster import Postmaster
from looplane.kit.embedded_pg.server import EmbeddedPostgres

from .running import ask, pids_of, postmaster_pid, server_pids, started, wait_for

ROWS = 2_000_000  # enough for the recovery to be caught more than once
Step = Callable[[float], None]


def crash(data_dir: Path, bin_dir: Path) -> None:
    """Leave a database behind that has a lot to recover."""
    server = EmbeddedPostgres(data_dir, bin_dir)
    dsn = server.start()
    ask(dsn, f"CREATE TABLE numbers AS SELECT generate_series(1, {ROWS}) AS number")
    os.kill(postmaster_pid(data_dir), signal.SIGKILL)
    wait_for(lambda: not server_pids(data_dir))
    server.stop()


@contextmanager
def recovery(
    data_dir: Path, bin_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[int, Generator[None], Step]]:
    """The startup process, stopped; the start's generator; one step of it so much later."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: clock.now))
    server = Postmaster(Place(data_dir, bin_dir))
    steps = server.start()

    def step(later: float) -> None:
        clock.now += later
        next(steps)

    next(steps)
    while not (found := pids_of(data_dir, "startup")):
        next(steps)
    os.kill(found[0], signal.SIGSTOP)
    try:
        yield found[0], steps, step
    finally:
        server.stop()


def let_work(pid: int) -> None:
    before = ticks(pid)
    os.kill(pid, signal.SIGCONT)
    wait_for(lambda: ticks(pid) > before)
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: state(pid) == "T")


def ticks(pid: int) -> int:
    return sum(map(int, stat(pid)[11:13]))


def state(pid: int) -> str:
    return stat(pid)[0]


def stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def count(data_dir: Path, bin_dir: Path) -> object:
    with started(data_dir, bin_dir) as dsn:
        return ask(dsn, "SELECT count(*) FROM numbers")


@pytest.mark.usefixtures("cluster")
def test_a_recovery_goes_on_for_as_long_as_it_gets_on(
    data_dir: Path,
    bin_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    crash(data_dir, bin_dir)
    with recovery(data_dir, bin_dir, monkeypatch) as (startup, steps, step):
        for _ in range(4):
            let_work(startup)
            step(progress.STANDSTILL - 1)
        assert "been starting for 476 s, at work: " in caplog.text
        assert "startup recovering 0000" in caplog.text
        os.kill(startup, signal.SIGCONT)
        for _ in steps:
            pass
    assert count(data_dir, bin_dir) == ROWS


@pytest.mark.usefixtures("cluster")
def test_a_recovery_that_stands_still_is_given_up(
    data_dir: Path, bin_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postmaster, "STOP_LIMIT", 0.2)
    crash(data_dir, bin_dir)
    with recovery(data_dir, bin_dir, monkeypatch) as (startup, _, step):
        wait_for(lambda: state(startup) == "T")
        step(progress.LOOK)
        step(progress.STANDSTILL - 1)
        with pytest.raises(EmbeddedError, match="made no progress in its start for 120 s"):
            step(2)
    assert count(data_dir, bin_dir) == ROWS  # the next start ends what was left


@contextmanager
def disk(image: Path, folder: Path) -> Iterator[None]:
    """A disk of its own on `folder`, which can be frozen."""
    with image.open("wb") as file:
        file.truncate(2_000_000_000)
    folder.mkdir()
    subprocess.run(["mkfs.ext4", "-q", image], check=True, capture_output=True)
    if subprocess.run(["mount", "-o", "loop", image, folder], check=False).returncode:
        pytest.skip("mounting a disk is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("fsfreeze") or not shutil.which("mkfs.ext4"),
    reason="needs root, mkfs.ext4 and fsfreeze",
)
def test_a_disk_that_takes_its_time_is_waited_for(
    data_dir: Path,
    bin_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    image, on_disk = data_dir.with_name("image"), data_dir / "deep"
    with disk(image, data_dir):
        crash(on_disk, bin_dir)
        with recovery(on_disk, bin_dir, monkeypatch) as (startup, steps, step):
            subprocess.run(["fsfreeze", "--freeze", data_dir], check=True)
            try:
                os.kill(startup, signal.SIGCONT)
                wait_for(lambda: state(startup) == "D")
                for _ in range(4):
                    step(progress.STANDSTILL - 1)
            finally:
                subprocess.run(["fsfreeze", "--unfreeze", data_dir], check=True)
            assert "(waits for the disk)" in caplog.text
            for _ in steps:
                pass
        assert count(on_disk, bin_dir) == ROWS
