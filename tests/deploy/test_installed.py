"""Looplane as a package: all that it needs is in the wheel, and the sdist builds the same one."""

import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from tests.deploy.tools import DEPLOY, running, takes_requests
from tests.environments import copy_checkout, make_environment, plain_environ
from tests.processes import Folder, folder, free_port

PAGE = "<!doctype html><title>The inbox, as it was built</title>"
SCRIPT = "assets/inbox-0a1b2c3d.js"


@pytest.fixture(scope="module")
def place() -> Iterator[Folder]:
    with folder() as opened:
        yield opened


def build(sources: Path, *targets: str) -> None:
    """What `make wheel` does, once there is an inbox."""
    words = [word for target in targets for word in ("-t", target)]
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", *words],
        cwd=sources,
        env=plain_environ(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def checkout(place: Folder) -> Path:
    """A checkout with an inbox that was built, from which both were made."""
    sources = copy_checkout(place.path / "checkout")
    for name, text in (("index.html", PAGE), (SCRIPT, "export {};\n")):
        path = sources / "web/dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (sources / "web/.gitignore").write_text("dist/\n")
    build(sources, "sdist", "wheel")
    return sources


def wheel_of(sources: Path) -> Path:
    [path] = (sources / "dist").glob("*.whl")
    return path


def contents(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


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


@pytest.fixture(scope="module")
def looplane(checkout: Path, place: Folder) -> str:
    """The command, installed from the wheel where nothing else of Looplane is."""
    python = make_environment(place.path / "environment")
    install = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall"]
    command = [str(python), *install, str(wheel_of(checkout))]
    subprocess.run(command, check=True, env=plain_environ(), cwd="/", capture_output=True)
    return str(python.with_name("looplane"))


async def test_it_serves_from_an_empty_environment(looplane: str, place: Folder) -> None:
    home, log, port = place.path / "home", place.path / "log", free_port()
    home.mkdir()
    env = plain_environ() | {"HOME": str(home), "LOOPLANE_PORT": str(port)}
    assert not is_healthy(port)
    with running([looplane, "serve"], log, env) as process:
        await takes_requests(process, log, port)
        assert is_healthy(port)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await client.get("/inbox")).text == PAGE
            assert (await client.get(f"/{SCRIPT}")).status_code == httpx.codes.OK
            assert (await client.get("/api/v2/openapi.json")).json()["paths"]
            assert (await client.get("/api/docs")).status_code == httpx.codes.OK
    assert process.returncode == 0, log.read_text()
    # Where the rule has it for an installed package.
    assert (home / ".local/share/looplane/postgres").is_dir()


def test_its_help_names_a_guide_that_is_there(looplane: str) -> None:
    env = plain_environ() | {"COLUMNS": "200"}
    shown = subprocess.run(
        [looplane, "--help"], env=env, check=True, capture_output=True, text=True
    )
    [named] = re.findall(r"see (/\S+\.md)", shown.stdout)
    assert Path(named).is_relative_to(Path(looplane).parents[1])
    assert Path(named).read_text().startswith("# Operating Looplane")
