"""What a first start says on a database of the operator's own, and that it can be pasted."""

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.cli.conftest import ask
from tests.cli.test_serve import KEY
from tests.processes import Folder, Process, folder

pytestmark = pytest.mark.processes


@pytest.fixture
def place() -> Iterator[Folder]:
    with folder() as opened:
        yield opened


def pasted(place: Folder, process: Process, url: str) -> str:
    """What the commands answer that a start has shown, in a shell with the same settings."""
    [block] = re.findall(
        r"^\S.* workspace create (?:.*\n)+?.*sign-in-link .*\\\n.*$", process.said(), re.MULTILINE
    )
    assert max(map(len, re.sub(r"\S*/looplane", ".venv/bin/looplane", block).splitlines())) <= 80
    env = {k: v for k, v in os.environ.items() if not k.startswith("LOOPLANE_")}
    env |= {"LOOPLANE_DATABASE_URL": url, "LOOPLANE_PORT": str(process.settings["port"])}
    shell = ["bash", "-ec", block]
    done = subprocess.run(
        shell, env=env, cwd=place.path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def rows(url: str) -> list[bool]:
    """Whether each workspace is the demo, the first one first."""
    found = await asyncio.to_thread(ask, url, "select is_demo from workspaces order by created_at")
    return [row["is_demo"] for row in found]


async def stop(process: Process) -> None:
    process.popen.send_signal(signal.SIGTERM)
    assert await process.ended() == 0


async def test_no_demo_is_made_unless_it_is_asked_for(place: Folder, empty: str) -> None:
    first = await place.started("serve", database_url=empty)
    assert "There is no workspace yet" in first.said()
    assert await rows(empty) == []
    *_, link = (await asyncio.to_thread(pasted, place, first, empty)).splitlines()
    assert link.startswith(f"{first.url}/")
    await stop(first)
    asked = await place.started("serve --demo", database_url=empty)
    assert len(KEY.findall(asked.said())) == 1
    assert await rows(empty) == [False, True]
    await stop(asked)
    again = await place.started("serve --demo", database_url=empty)
    assert not KEY.search(again.said()), "there is one already"
    assert "There is no workspace yet" not in again.said()
