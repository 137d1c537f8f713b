"""Clusters that could be taken for one another: nobody ends another's server."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from looplane.kit.embedded_pg import postmaster
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.identity import cluster_name

from .namespaces import mounted, running, unshared
from .running import (
    PROGRAM,
    answers,
    ask,
    environment,
    leave_an_orphan,
    pids_of,
    postmaster_pid,
    programs,
    said,
    server_pids,
    started,
    wait_for,
)


def test_the_same_path_in_two_mount_namespaces(data_dir: Path, bin_dir: Path) -> None:
    other = data_dir.with_name("other")
    for folder in (data_dir, other):
        folder.mkdir(0o711)
    with programs(data_dir, bin_dir, 1) as (program,):
        role, dsn = said(program)
        first = postmaster_pid(data_dir)
        inside = [sys.executable, str(PROGRAM), str(data_dir), str(bin_dir)]
        with running([*mounted(other, data_dir), *inside]) as contained:
            assert (role, said(contained)[0]) == ("owner", "owner")
            second = postmaster_pid(other)
            assert answers(dsn)
            assert postmaster_pid(data_dir) == first, "it was ended by the other one"
            # Each comes back after a crash, and the other does not notice.
            os.kill(first, signal.SIGKILL)
            wait_for(lambda: pids_of(data_dir, "postmaster") not in ([], [first]))
            wait_for(lambda: answers(dsn))
            assert postmaster_pid(other) == second
            assert pids_of(other, "postmaster") == [second]


@pytest.mark.usefixtures("cluster")
def test_a_copy_of_the_folder_beside_the_original(data_dir: Path, bin_dir: Path) -> None:
    copy = data_dir.with_name("copy")
    with started(data_dir, bin_dir) as dsn:
        ask(dsn, "CREATE TABLE notes AS SELECT 'kept' AS text")
    subprocess.run(["cp", "-a", data_dir, copy], check=True)
    with started(data_dir, bin_dir) as dsn:
        everything = server_pids(data_dir)
        with programs(copy, bin_dir, 1) as (program,):
            _, copied = said(program)
            program.send_signal(signal.SIGSTOP)  # it shall not bring the server back
            asyncio.run(leave_an_orphan(copied, copy))
        wait_for(lambda: len(server_pids(copy)) == 1)
        with started(copy, bin_dir) as copied:
            assert ask(copied, "SELECT text FROM notes") == "kept"
        assert set(everything) <= set(server_pids(data_dir))
        assert answers(dsn)


@pytest.mark.usefixtures("cluster")
def test_orphans_in_a_container_that_we_see(data_dir: Path, bin_dir: Path) -> None:
    """Their own numbers, as in the pid file, are those of other processes here."""
    inside = [sys.executable, str(PROGRAM), str(data_dir), str(bin_dir)]
    command = unshared("--pid", "--ipc", "--mount", "--fork", "--mount-proc", "--kill-child")
    with running([*command, "sh", "-c", '"$@"; exec sleep 60', "sh", *inside]) as container:
        _, dsn = said(container)
        assert postmaster_pid(data_dir) not in pids_of(data_dir, "postmaster")
        (program,) = numbers(container.pid, str(PROGRAM))
        os.kill(program, signal.SIGSTOP)
        asyncio.run(leave_an_orphan(dsn, data_dir))
        os.kill(program, signal.SIGKILL)
        wait_for(lambda: len(server_pids(data_dir)) == 1)
        with started(data_dir, bin_dir) as again:
            assert answers(again)
        assert numbers(container.pid, "sleep"), "a process of the container was ended for nothing"


def numbers(container: int, word: str) -> list[int]:
    """The processes in the namespace of that one's child whose command begins with the word."""
    space = Path(f"/proc/{container}/ns/pid_for_children").readlink()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_text().split("\0")
            if word in words[:2] and (folder / "ns/pid").readlink() == space:
                found.append(int(folder.name))
    return found


@pytest.mark.usefixtures("cluster")
def test_numbers_of_another_pid_namespace_are_not_taken_for_ours(
    data_dir: Path, bin_dir: Path
) -> None:
    show = "import json, sys; from looplane.kit.embedded_pg.processes import server_processes as s"
    here = [sys.executable, "-c", f"{show}; print(json.dumps([p for p, _ in s(sys.argv[1])]))"]
    elsewhere = [*unshared("--pid", "--fork"), *here]  # with our /proc, so with our numbers
    with started(data_dir, bin_dir):
        name = cluster_name(data_dir / "postgres")
        seen = [
            json.loads(
                subprocess.run(
                    [*command, str(name)], check=True, capture_output=True, env=environment()
                ).stdout
            )
            for command in (here, elsewhere)
        ]
        assert postmaster_pid(data_dir) in seen[0]
        assert seen[1] == []


@pytest.mark.usefixtures("cluster")
def test_what_cannot_be_seen_is_not_ended_and_not_joined(
    data_dir: Path, bin_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postmaster, "STOP_LIMIT", 0.2)
    with started(data_dir, bin_dir):
        pass
    file = str(data_dir / "postgres/looplane.id")
    holder = subprocess.Popen(["flock", "--no-fork", file, "sleep", "60"])
    try:
        wait_for(lambda: is_locked(file))
        with pytest.raises(EmbeddedError, match="cannot be seen"), started(data_dir, bin_dir):
            pass
        assert holder.poll() is None
    finally:
        holder.kill()
        holder.wait()
    with started(data_dir, bin_dir) as dsn:
        assert answers(dsn)


def is_locked(file: str) -> bool:
    return bool(subprocess.run(["flock", "--nonblock", file, "true"], check=False).returncode)


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("content", [None, "", "\0" * 32])
def test_a_cluster_without_an_id_gets_one(
    data_dir: Path, bin_dir: Path, content: str | None
) -> None:
    """Of an earlier version, or after a disk's accident."""
    with started(data_dir, bin_dir) as dsn:
        ask(dsn, "CREATE TABLE notes AS SELECT 'kept' AS text")
    file = data_dir / "postgres/looplane.id"
    file.unlink()
    if content is not None:
        file.write_text(content)
    with started(data_dir, bin_dir) as dsn:
        assert ask(dsn, "SELECT text FROM notes") == "kept"
        name = cluster_name(data_dir / "postgres")
        assert ask(dsn, "SELECT current_setting('cluster_name')") == name
    assert file.stat().st_mode & 0o777 == 0o600
    with started(data_dir, bin_dir):
        assert cluster_name(data_dir / "postgres") == name
