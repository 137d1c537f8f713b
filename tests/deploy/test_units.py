"""The units of systemd: right in its own eyes, closed, and Looplane runs as they have it."""

import re
from pathlib import Path

import pytest

from looplane.kit.config import read_settings
from tests.deploy.packages import Deployed
from tests.deploy.tools import DEPLOY, program, replaced, said

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
_INSTALLED = "/opt/looplane/bin/looplane "


def installed(unit: Path, folder: Path) -> str:
    """The unit, with a program that is here."""
    text = replaced(unit.read_text(), {f"ExecStart={_INSTALLED}": "ExecStart=/bin/true "})
    path = folder / unit.name
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_systemd_finds_nothing_wrong(unit: Path, tmp_path: Path) -> None:
    assert said([program("systemd-analyze"), "verify", installed(unit, tmp_path)]) == ""


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_it_is_closed(unit: Path, tmp_path: Path) -> None:
    """An exposure of 1.5 of 10, by systemd's own count."""
    command = [program("systemd-analyze"), "security", "--offline=true", "--no-pager"]
    told = said([*command, "--threshold=15", installed(unit, tmp_path)])
    assert "Overall exposure level" in told


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


def test_looplane_and_its_postgresql_run_so_confined(deployed: Deployed) -> None:
    """It has made its database, answers, and ends without a complaint."""
    program("systemd-analyze")
    assert deployed.limits == {"Seccomp": "2", "NoNewPrivs": "1"}
