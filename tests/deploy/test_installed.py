"""Looplane as a package: all that it needs is in the wheel, and the sdist builds the same one."""

import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from tests.deploy.packages import PAGE, SCRIPT, Deployed, build, contents, wheel_of
from tests.deploy.tools import DEPLOY
from tests.environments import copy_checkout, plain_environ
from tests.operating.pages import links
from tests.processes import Folder, free_port


def test_all_that_it_needs_is_in_it(checkout: Path) -> None:
    names = set(contents(wheel_of(checkout)))
    assert f"looplane/web/dist/{SCRIPT}" in names
    assert "looplane/contract/openapi.json" in names
    assert "looplane/docs/operating/settings.md" in names
    assert {f"looplane/migrations/{path.name}" for path in checkout.glob("migrations/*")} <= names
    sources = {
        path.relative_to(checkout / "src").as_posix()
        for path in checkout.rglob("src/**/*")
        if path.is_file()
    }
    assert sources <= names


def test_each_link_of_its_pages_leads_to_what_is_in_it(checkout: Path, place: Folder) -> None:
    with ZipFile(wheel_of(checkout)) as wheel:
        wheel.extractall(place.path / "wheel")
    root = place.path / "wheel" / "looplane"
    pages = sorted((root / "docs").rglob("*.md"))
    assert len(pages) > 50
    targets = [(page, (page.parent / name).resolve()) for page in pages for name, _ in links(page)]
    assert len(targets) > 100
    lost = [(page.name, path) for page, path in targets if not path.exists()]
    assert lost == []
    assert all(path.is_relative_to(root) for _, path in targets)


def test_an_sdist_builds_the_same_wheel(checkout: Path, place: Folder) -> None:
    [packed] = (checkout / "dist").glob("*.tar.gz")
    with tarfile.open(packed) as opened:
        opened.extractall(place.path / "sdist", filter="data")
    [sources] = (place.path / "sdist").iterdir()
    build(sources, "wheel")
    assert contents(wheel_of(sources)) == contents(wheel_of(checkout))


def test_no_wheel_is_built_without_an_inbox(place: Folder) -> None:
    sources = copy_checkout(place.path / "bare")
    with pytest.raises(AssertionError, match="make web"):
        build(sources, "wheel")


def health_check() -> list[str]:
    """What a container asks itself."""
    [command] = re.findall(r"HEALTHCHECK [^[]*CMD (\[.*\])", (DEPLOY / "Dockerfile").read_text())
    words: list[str] = json.loads(command)
    return [sys.executable, *words[1:]]


def is_healthy(port: int) -> bool:
    env = plain_environ() | {"LOOPLANE_PORT": str(port), "PYTHONWARNINGS": "error"}
    return not subprocess.run(health_check(), env=env, check=False, capture_output=True).returncode


async def test_it_serves_from_an_empty_environment(deployed: Deployed) -> None:
    assert is_healthy(deployed.port)
    assert not is_healthy(free_port())
    async with httpx.AsyncClient(base_url=deployed.url) as client:
        assert (await client.get("/inbox")).text == PAGE
        assert (await client.get(f"/{SCRIPT}")).status_code == httpx.codes.OK
        assert (await client.get("/api/v2/openapi.json")).json()["paths"]
        assert (await client.get("/api/docs")).status_code == httpx.codes.OK
    # Where the rule has it for an installed package.
    assert (deployed.home / ".local/share/looplane/postgres").is_dir()


def test_its_help_names_a_guide_that_is_there(looplane: Path) -> None:
    env = plain_environ() | {"COLUMNS": "200"}
    shown = subprocess.run(
        [looplane, "--help"], env=env, check=True, capture_output=True, text=True
    )
    [named] = re.findall(r"see (/\S+\.md)", shown.stdout)
    assert Path(named).is_relative_to(looplane.parents[1])
    assert Path(named).read_text().startswith("# Operating Looplane")
