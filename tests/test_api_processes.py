"""`--workers`: several processes that answer, as one."""

import asyncio
import os
import re
import signal
from collections import Counter
from pathlib import Path

import httpx

from tests.processes import Folder, Process, come_about, folder, free_port, status

COUNTED = re.compile(
    r'^looplane_requests_total\{method="GET",operation="other",status="404"\} (\d+)', re.MULTILINE
)


def children(process: Process) -> list[int]:
    """The processes that answer for `process`."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(file.read_text().rpartition(")")[2].split()[1])
            line = (file.parent / "cmdline").read_text()
        except (OSError, IndexError):
            continue
        if parent == process.popen.pid and "looplane.api_process" in line:
            found.append(int(file.parent.name))
    return found


def runs(pid: int) -> bool:
    """Whether there is such a process, other than a dead one that nobody has asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def ask(process: Process, times: int) -> Counter[int]:
    """The statuses of requests on so many connections, each a new one."""
    answers = await asyncio.gather(*(status(f"{process.url}/nowhere") for _ in range(times)))
    return Counter(answers)


async def counted(process: Process) -> int:
    async with httpx.AsyncClient() as client:
        figures = await client.get(f"{process.url}/metrics")
    found = COUNTED.search(figures.text)
    return int(found[1]) if found else 0


async def all_count(process: Process, number: int) -> bool:
    """Whether whoever answers counts for all; a request is counted after it was answered."""
    return {await counted(process) for _ in range(10)} == {number}


async def test_they_answer_count_and_end_as_one(place: Folder) -> None:
    process = await place.started("serve --workers 2")
    first, second = children(process)
    assert await ask(process, 20) == {404: 20}
    await come_about(lambda: all_count(process, 20))
    os.kill(first, signal.SIGKILL)
    await come_about(lambda: not runs(first))
    assert await ask(process, 20) == {404: 20}
    await come_about(lambda: len({*children(process)} - {first}) == 2)
    await come_about(lambda: all_count(process, 40))
    assert "an API process ended" in process.complained()
    pids = children(process)
    process.popen.send_signal(signal.SIGTERM)
    assert await process.ended() == 0
    assert not any(map(runs, [*pids, second]))
    assert not process.stumbled()


async def test_none_outlives_the_process_that_started_it(place: Folder) -> None:
    process = await place.started("serve --workers 2")
    pids = children(process)
    assert len(pids) == 2
    process.kill()
    await come_about(lambda: not any(map(runs, pids)))


async def test_a_start_can_be_ended(place: Folder) -> None:
    process = place.start("serve --workers 2")
    await come_about(lambda: children(process))
    pids = children(process)
    process.popen.send_signal(signal.SIGINT)
    assert await process.ended() == 0
    assert not any(map(runs, pids))
    assert not process.stumbled()


async def test_more_connections_than_the_database_has_are_refused() -> None:
    with folder() as empty:
        process = empty.start("serve --workers 8", pool_size=20, port=free_port())
        assert await process.ended() == 1
        assert "LOOPLANE_POOL_SIZE" in process.complained()
        assert not empty.data_dir.exists()
