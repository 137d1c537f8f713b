"""What `looplane serve` says at its start, and of which keys."""

import errno
import json
import os
import pty
import re
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator, Iterator
from fcntl import ioctl
from pathlib import Path

import httpx
import pytest

from tests.processes import Folder, Process, folder

KEY = re.compile(r"(?<!l)ll_[0-9a-f]{64}")


@pytest.fixture
def place() -> Iterator[Folder]:
    with folder() as opened:
        yield opened


async def stopped(process: Process) -> str:
    """All that it said, on both ways."""
    process.popen.send_signal(signal.SIGTERM)
    assert await process.ended() == 0
    return process.said() + process.complained()


def keys_kept(place: Folder) -> list[str]:
    """The files in which a whole key stands."""
    files = [each for each in place.data_dir.rglob("*") if each.is_file()]
    assert len(files) > 100, "the database's own files are among them"
    return [str(each) for each in files if re.search(KEY.pattern.encode(), each.read_bytes())]


def first_steps(said: str) -> tuple[list[str], dict[str, str]]:
    """The words of the curl command as a shell reads it, and the variables set before it."""
    values = dict(re.findall(r"^export (\w+)=(\S+)$", said, re.MULTILINE))
    [command] = re.findall(r"^curl (?:.*\\\n)*.*$", said, re.MULTILINE)
    for name, value in values.items():
        command = command.replace(f"${name}", value)
    return shlex.split(command), values


@pytest.fixture(scope="module")
async def begun() -> AsyncIterator[tuple[Folder, Process]]:
    """A first start that has answered its own first request, and ended."""
    with folder() as opened:
        first = await opened.started("serve", log_level="debug")
        await follow(first)
        await stopped(first)
        yield opened, first


async def follow(first: Process) -> None:
    """Does what a first start says to do first."""
    words, _ = first_steps(first.said())
    headers = dict(word.split(": ", 1) for word in words if ": " in word and "{" not in word)
    async with httpx.AsyncClient(headers=headers) as client:
        answer = await client.patch(words[3], content=words[words.index("-d") + 1])
    assert answer.status_code == httpx.codes.OK
    assert answer.json()["status"] == "done"
    assert words[-2:] == ["-w", r"\n"], "what it prints ends in a line of its own"


async def test_demo_key_is_shown_once_and_kept_nowhere(begun: tuple[Folder, Process]) -> None:
    place, first = begun
    _, values = first_steps(first.said())
    assert KEY.findall(first.said()) == [values["KEY"]]
    assert not KEY.search(first.complained())
    again = await place.restarted(first)
    said = await stopped(again)
    assert not KEY.search(said)
    assert re.search("`[^`]*looplane demo`", said)
    assert keys_kept(place) == []


async def test_key_that_a_former_version_kept_is_forgotten_and_still_opens(
    begun: tuple[Folder, Process],
) -> None:
    place, first = begun
    _, values = first_steps(first.said())
    kept = place.data_dir / "demo.json"
    kept.write_text(json.dumps({"key": values["KEY"]}))
    assert keys_kept(place) == [str(kept)]
    again = await place.restarted(first)
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {values['KEY']}"}) as client:
        assert (await client.get(f"{again.url}/api/v2/me")).status_code == httpx.codes.OK
    assert not KEY.search(await stopped(again))
    assert not kept.exists()


def started_in_a_terminal(place: Folder, columns: int, *words: str) -> str:
    """What a person sees who starts it and presses Ctrl-C as soon as it is ready."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    env = {k: v for k, v in os.environ.items() if not k.startswith("LOOPLANE_")}
    env |= {"LOOPLANE_DATA_DIR": str(place.data_dir), "LOOPLANE_PORT": "0"}
    command = [sys.executable, "-m", "looplane.cli", *words]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 65_536):
            seen += piece
            if b"Ctrl-C" in piece:
                process.send_signal(signal.SIGINT)
    except OSError as error:  # so a terminal says that nobody is there any more
        assert error.errno == errno.EIO  # that, and nothing else
    os.close(ours)
    assert process.wait() == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", seen.decode()).replace("\r\n", "\n")


def test_keys_are_whole_in_a_terminal(place: Folder) -> None:
    for words in (["serve"], ["demo"], ["key", "create", "--workspace", "Rungwell"]):
        seen = started_in_a_terminal(place, 80, *words)
        assert len(KEY.findall(seen)) == 1
        # But for the link, and a line of the log, which are as long as they are.
        lines = [each for each in seen.splitlines() if not re.search("#lll_|warning", each)]
        assert max(map(len, lines)) <= 80
    assert KEY.findall(started_in_a_terminal(place, 80, "serve")) == []


@pytest.mark.parametrize("words", [["serve"], ["serve", "--json"]])
def test_key_never_gets_into_a_journal(place: Folder, words: list[str], tmp_path: Path) -> None:
    """systemd names the file that standard output goes to."""
    place.data_dir.mkdir()
    outcome = tmp_path / "journal"
    with outcome.open("w") as journal:
        found = os.fstat(journal.fileno())
        env = {k: v for k, v in os.environ.items() if not k.startswith("LOOPLANE_")}
        env |= {"LOOPLANE_DATA_DIR": str(place.data_dir), "LOOPLANE_PORT": "0"}
        env |= {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}
        command = [sys.executable, "-m", "looplane.cli", *words]
        with subprocess.Popen(command, stdout=journal, stderr=journal, env=env) as process:
            while not re.search(r'"url".*}\n|everything\.\n', outcome.read_text(), re.DOTALL):
                assert process.poll() is None, outcome.read_text()
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
    (port,) = set(re.findall("http://127.0.0.1:([0-9]+)", outcome.read_text()))
    assert port != "0", "the one that it got is told"
    assert not KEY.search(outcome.read_text())


async def test_what_keys_did_is_known_after_the_end(begun: tuple[Folder, Process]) -> None:
    """From which address they call, a trusted proxy says."""
    place, before = begun
    _, values = first_steps(before.said())
    first = await place.started("serve", trusted_proxies="127.0.0.1")
    admin = {"Authorization": f"Bearer {values['KEY']}"}
    async with httpx.AsyncClient(base_url=f"{first.url}/api/v2") as client:
        body = {"scopes": ["admin"], "allowed_ips": ["203.0.113.0/24"]}
        made = (await client.post("/keys", json=body, headers=admin)).json()
        caller = {"Authorization": f"Bearer {made['key']}"}
        for address, status in (("203.0.113.9", 200), ("198.51.100.7", 403), ("", 403)):
            headers = {**caller, **({"X-Forwarded-For": address} if address else {})}
            answer = await client.get("/me", headers=headers)
            assert answer.status_code == status
            assert status == httpx.codes.OK or (address or "127.0.0.1") in answer.text
        path = f"/keys/{made['id']}"
        assert (await client.get(path, headers=admin)).json()["last_used_at"] is None
    assert not KEY.search((await stopped(first)).replace(values["KEY"], ""))
    again = await place.restarted(first)
    async with httpx.AsyncClient(base_url=f"{again.url}/api/v2", headers=admin) as client:
        assert (await client.get(path)).json()["last_used_at"] >= made["created_at"]
