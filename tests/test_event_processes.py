"""Events between processes, and when one of them ends."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from looplane.main import API_ROOT
from tests.conftest import furnish
from tests.event_streams import Listener
from tests.processes import PATIENCE, Folder, Process
from tests.test_api_processes import children


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def made_key(place: Folder) -> str:
    con = await place.connect()
    try:
        return (await furnish(con, "W")).key
    finally:
        await con.close()


def listen(process: Process, key: str, last_id: str | None = None) -> Listener:
    return Listener(process.settings["port"], key, last_id, after="latest")  # type: ignore[arg-type]


async def write(process: Process, key: str, name: str) -> str:
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        answer = await client.post(
            f"{process.url}{API_ROOT}/tags/groups",
            json={"name": name, "color": "#123456"},
            headers={"Authorization": f"Bearer {key}"},
        )
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


async def test_two_processes_one_cursor(place: Folder, stack: AsyncExitStack) -> None:
    """Whichever of the two has written, whichever answers; also when the one that answered dies."""
    process = await place.started("serve --workers 2")
    key = await made_key(place)
    listeners = [await stack.enter_async_context(listen(process, key)) for _ in range(10)]
    for each in listeners:
        await each.comment()
    ids = [await write(process, key, f"first {number}") for number in range(10)]
    for each in listeners:
        assert [told.data["subject_id"] for told in await each.events(10)] == ids
    os.kill(children(process)[0], signal.SIGKILL)
    ids = [await write(process, key, f"second {number}") for number in range(3)]
    for each in listeners:
        each.cut()
        async with listen(process, key, each.last_id) as again:
            assert [told.data["subject_id"] for told in await again.events(3)] == ids


async def test_a_deploy_does_not_wait_for_streams(place: Folder, stack: AsyncExitStack) -> None:
    process = await place.started("serve --workers 2")
    key = await made_key(place)
    listeners = [await stack.enter_async_context(listen(process, key)) for _ in range(30)]
    for each in listeners:
        await each.comment()
    process.popen.send_signal(signal.SIGTERM)
    for each in listeners:
        assert (await each.rest()).startswith(b"retry"), "to its end"
    assert await process.ended() == 0
    assert not process.stumbled()
    assert "timeout graceful shutdown" not in process.complained()
    process = await place.restarted(process)
    written = await write(process, key, "meanwhile")
    async with listen(process, key, listeners[0].last_id) as again:
        assert (await again.event()).data["subject_id"] == written
