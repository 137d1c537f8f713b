"""The units of systemd: right in its own eyes, closed, and Looplane runs as they have it."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from looplane.kit.config import read_settings
from looplane.kit.embedded_pg.system_account import system_account
from tests.deploy.tools import DEPLOY, optional_program, replaced, running, said, takes_requests
from tests.processes import Folder, folder, free_port

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
_INSTALLED = "/opt/looplane/bin/looplane "
CONFINED = Path(__file__).with_name("confined.py")
# What systemd allows on top, before the program is there.
_TO_BEGIN = ("execve",)


def installed(unit: Path, folder: Path) -> str:
    """The unit, with a program that is here."""
    text = replaced(unit.read_text(), {f"ExecStart={_INSTALLED}": "ExecStart=/bin/true "})
    path = folder / unit.name
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_systemd_finds_nothing_wrong(unit: Path, tmp_path: Path) -> None:
    assert said([optional_program("systemd-analyze"), "verify", installed(unit, tmp_path)]) == ""


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_it_is_closed(unit: Path, tmp_path: Path) -> None:
    """An exposure of 1.5 of 10, by systemd's own count."""
    command = [optional_program("systemd-analyze"), "security", "--offline=true", "--no-pager"]
    said([*command, "--threshold=15", installed(unit, tmp_path)])


def test_all_units_are_closed_alike() -> None:
    closed = {path.read_text().partition("# What it may do")[2] for path in UNITS}
    assert len(UNITS) == 2
    assert len(closed) == 1


def test_settings_are_such_as_looplane_reads() -> None:
    text = (DEPLOY / "systemd/looplane.env").read_text()
    lines = re.findall(r"(?m)^(\w+)=(.+)$", text)
    assert read_settings({**dict(lines), "LOOPLANE_DATA_DIR": "/srv"}).public_url
    examples = set(re.findall(r"(?m)^#(\w+)=", text))
    assert examples == {"LOOPLANE_DATABASE_URL", "LOOPLANE_SECRET_KEY"}


def calls_of(unit: Path) -> list[str]:
    """The system calls that a unit allows."""
    allowed: set[str] = {*_TO_BEGIN}
    for line in re.findall(r"(?m)^SystemCallFilter=(.+)$", unit.read_text()):
        names = {each for word in line.lstrip("~").split() for each in group(word)}
        allowed = allowed - names if line.startswith("~") else allowed | names
    return sorted(allowed | group("@default"))


def group(word: str) -> set[str]:
    if not word.startswith("@"):
        return {word}
    text = said([optional_program("systemd-analyze"), "syscall-filter", word])
    words = [line.strip() for line in text.splitlines()[1:]]
    return {each for name in words if name and not name.startswith("#") for each in group(name)}


@pytest.fixture
def place() -> Iterator[Folder]:
    with folder() as opened:
        yield opened


async def test_looplane_and_its_postgresql_run_so_confined(place: Folder) -> None:
    account = system_account() if os.geteuid() == 0 else None
    uid, gid = (account.pw_uid, account.pw_gid) if account else (os.getuid(), os.getgid())
    place.data_dir.mkdir(mode=0o700)
    os.chown(place.data_dir, uid, gid)
    port = free_port()
    env = {name: text for name, text in os.environ.items() if not name.startswith("LOOPLANE_")}
    env |= {"LOOPLANE_DATA_DIR": str(place.data_dir), "LOOPLANE_PORT": str(port)}
    looplane = [sys.executable, "-m", "looplane.cli", "serve"]
    confined = [sys.executable, str(CONFINED), str(uid), str(gid), *calls_of(UNITS[0])]
    log = place.path / "log"
    with running([*confined, "--", *looplane], log, env) as process:
        await takes_requests(process, log, port)
        assert limits_of(process.pid) == {"Seccomp": "2", "NoNewPrivs": "1"}
    assert process.returncode == 0, log.read_text()
    assert not re.search("Traceback|not permitted", log.read_text())


def limits_of(pid: int) -> dict[str, str]:
    text = Path(f"/proc/{pid}/status").read_text()
    return dict(re.findall(r"(?m)^(Seccomp|NoNewPrivs):\s+(\d)$", text))
