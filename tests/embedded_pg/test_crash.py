import asyncio
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from looplane.kit.embedded_pg.server import EmbeddedPostgres

from .running import (
    AWAY,
    answers,
    ask,
    come_about,
    launch,
    leave_an_orphan,
    postmaster_pid,
    programs,
    said,
    server_pids,
    started,
    wait_for,
)


async def insert_over_a_kill(dsn: str, data_dir: Path) -> list[int]:
    """The numbers that were acknowledged, some before and some after a kill -9 of the server."""
    stored: list[int] = []
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE numbers (number int PRIMARY KEY)")
    for number in range(600):
        if number == 300:
            os.kill(postmaster_pid(data_dir), signal.SIGKILL)
        while True:
            try:
                if connection.is_closed():
                    connection = await asyncpg.connect(dsn)
                await connection.execute("INSERT INTO numbers VALUES ($1)", number)
            except asyncpg.UniqueViolationError:
                break  # stored, and killed before it said so
            except AWAY:
                connection.terminate()
                await asyncio.sleep(0.02)
            else:
                stored.append(number)
                break
    await connection.close()
    return stored


@pytest.mark.usefixtures("cluster")
def test_a_killed_server_comes_back_with_every_acknowledged_row(
    data_dir: Path, bin_dir: Path
) -> None:
    server = EmbeddedPostgres(data_dir, bin_dir)
    dsn = server.start()
    before = postmaster_pid(data_dir)

    async def scenario() -> list[int]:
        keeper = asyncio.create_task(server.keep())
        async with asyncio.timeout(60):
            stored = await insert_over_a_kill(dsn, data_dir)
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
        return stored

    stored = asyncio.run(scenario())
    assert server.owner
    assert postmaster_pid(data_dir) != before
    kept = ask(dsn, "SELECT array_agg(number) FROM numbers")
    server.stop()
    assert isinstance(kept, list)
    assert set(stored) <= set(kept)
    assert len(stored) > 590


@pytest.mark.usefixtures("cluster")
def test_keep_tries_again_until_it_works(
    data_dir: Path, bin_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = EmbeddedPostgres(data_dir, bin_dir)
    dsn = server.start()
    version = data_dir / "postgres" / "PG_VERSION"
    right = version.read_text()

    async def scenario() -> None:
        keeper = asyncio.create_task(server.keep())
        version.write_text("12\n")
        os.kill(postmaster_pid(data_dir), signal.SIGKILL)
        await come_about(lambda: caplog.text.count("PostgreSQL is down") >= 2)
        version.write_text(right)
        await come_about(lambda: "PostgreSQL is back" in caplog.text)
        keeper.cancel()

    asyncio.run(scenario())
    assert answers(dsn)
    server.stop()


@pytest.mark.usefixtures("cluster")
def test_the_server_ends_with_a_killed_program(data_dir: Path, bin_dir: Path) -> None:
    with programs(data_dir, bin_dir, 1) as (program,):
        _, dsn = said(program)
        ask(dsn, "CREATE TABLE notes AS SELECT 'kept' AS text")
        assert server_pids(data_dir)
        program.kill()
        wait_for(lambda: not server_pids(data_dir))
    with started(data_dir, bin_dir) as again:
        assert ask(again, "SELECT text FROM notes") == "kept"


@pytest.mark.usefixtures("cluster")
def test_a_start_right_after_a_kill_works(data_dir: Path, bin_dir: Path) -> None:
    for _ in range(3):
        with programs(data_dir, bin_dir, 1) as (program,):
            said(program)
            program.kill()
            program.wait()
            with started(data_dir, bin_dir) as dsn:
                assert ask(dsn, "SELECT 1") == 1


@pytest.mark.usefixtures("cluster")
def test_orphans_of_a_killed_server_do_not_stop_the_next(data_dir: Path, bin_dir: Path) -> None:
    with programs(data_dir, bin_dir, 1) as (program,):
        _, dsn = said(program)
        program.send_signal(signal.SIGSTOP)  # it shall not bring the server back
        asyncio.run(leave_an_orphan(dsn, data_dir))
    wait_for(lambda: len(server_pids(data_dir)) == 1)
    orphans = server_pids(data_dir)
    with started(data_dir, bin_dir) as again:
        assert answers(again)
        assert not set(orphans) & set(server_pids(data_dir))


@pytest.mark.usefixtures("cluster")
def test_a_stale_pid_file_may_name_any_process(data_dir: Path, bin_dir: Path) -> None:
    with started(data_dir, bin_dir):
        pid_file = data_dir / "postgres" / "postmaster.pid"
        status, content = pid_file.stat(), pid_file.read_text()
    # PostgreSQL overlooks another user's process by itself, so this one has the server's user.
    bystander = subprocess.Popen(["sleep", "60"], user=status.st_uid)
    pid_file.write_text(content.replace(content.split()[0], str(bystander.pid), 1))
    os.chown(pid_file, status.st_uid, status.st_gid)
    with started(data_dir, bin_dir) as dsn:
        assert answers(dsn)
    assert bystander.poll() is None, "it was killed for nothing"
    bystander.kill()
    bystander.wait()


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("content", ["", "\0\0\0\0", "12345678\n"])
def test_what_a_power_failure_leaves_of_the_pid_file(
    data_dir: Path, bin_dir: Path, content: str
) -> None:
    with started(data_dir, bin_dir):
        owner = (data_dir / "postgres").stat()
    pid_file = data_dir / "postgres" / "postmaster.pid"
    pid_file.write_text(content)
    os.chown(pid_file, owner.st_uid, owner.st_gid)
    with started(data_dir, bin_dir) as dsn:
        assert answers(dsn)


def test_a_first_start_may_be_killed_at_any_moment(data_dir: Path, bin_dir: Path) -> None:
    cluster = data_dir / "postgres"
    half_way = 0
    for moment in (0, 0.05, 0.1, 0.2):
        program = launch(data_dir, bin_dir)
        wait_for(lambda: cluster.exists() or [*data_dir.glob("postgres.init-*")])
        time.sleep(moment)
        program.kill()
        program.communicate()
        half_way += not cluster.exists()
    assert half_way, "no start was killed while it made the cluster"
    with started(data_dir, bin_dir) as dsn:
        assert answers(dsn)
    with started(data_dir, bin_dir):  # by now nothing of the killed ones is in use
        assert not [*data_dir.glob("postgres.init-*")]
