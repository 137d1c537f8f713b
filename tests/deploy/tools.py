"""The examples of `deploy/`, and the programs that they are for."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.processes import PATIENCE, come_about, status
from tests.system_packages import find, may_install

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "systemd/looplane.service"
# What systemd allows on top, before the program is there.
_TO_BEGIN = ("execve",)


def program(name: str) -> str:
    """Where a program of this system is; skips where it cannot be had here."""
    if found := find(name):
        return found
    if may_install():
        pytest.fail(f"{name} is not installed: run `make tools`")
    pytest.skip(f"install {name} to run this")


def python_tool(name: str) -> str:
    """Where a program is that a package for the tests has."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which(name, path=beside)
    assert found, f"{name} is not installed: run `make setup-dev`"
    return found


def optional_program(name: str) -> str:
    """Where a program is that no package of this system has; skips where it is not."""
    if found := shutil.which(name):
        return found
    pytest.skip(f"install {name} to run this")


def said(command: list[str], **env: str) -> str:
    """What a program that succeeds says, on both ways."""
    done = subprocess.run(
        command,
        env=os.environ | env,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@contextmanager
def running(
    command: list[str], log: Path, env: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program whose words go to `log`; it is asked to end, and has ended afterwards."""
    with log.open("w") as output:
        process = subprocess.Popen(command, env=env, cwd="/", stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()


async def takes_requests(process: "subprocess.Popen[bytes]", log: Path, port: int) -> None:
    """Waits until a `looplane` that was started so is ready."""

    async def is_ready() -> bool:
        assert process.poll() is None, _words(log)
        return await status(f"http://127.0.0.1:{port}/readyz") == httpx.codes.OK

    await come_about(is_ready)


def _words(log: Path) -> str:
    return log.read_text()


def replaced(text: str, replacements: dict[str, str]) -> str:
    """An example with other names and ports; each of the old ones must be there."""
    for old, new in replacements.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def calls_of(unit: Path) -> list[str]:
    """The system calls that a unit allows."""
    allowed: set[str] = {*_TO_BEGIN}
    for line in re.findall(r"(?m)^SystemCallFilter=(.+)$", unit.read_text()):
        names = {each for word in line.lstrip("~").split() for each in group(word)}
        allowed = allowed - names if line.startswith("~") else allowed | names
    return sorted(allowed | group("@default"))


def group(word: str) -> set[str]:
    """The system calls that a word of a unit stands for."""
    if not word.startswith("@"):
        return {word}
    text = said([program("systemd-analyze"), "syscall-filter", word])
    words = [line.strip() for line in text.splitlines()[1:]]
    return {each for name in words if name and not name.startswith("#") for each in group(name)}
