"""The image's and the containers' files: right in their tools' eyes, and their steps work here."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from looplane.kit.config import read_settings
from tests.deploy.tools import DEPLOY, ROOT, optional_program, python_tool, said
from tests.environments import lend_packages, plain_environ

DOCKERFILE = DEPLOY / "Dockerfile"
COMPOSE = DEPLOY / "compose.yaml"
SECRETS = {"POSTGRES_PASSWORD": "a-password-of-24", "LOOPLANE_SECRET_KEY": "0" * 64}


def stages() -> list[str]:
    """The stages of the image, each without its FROM."""
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    return [each.partition("\n")[2] for each in re.split(r"(?m)^FROM ", text)[1:]]


def steps(stage: str) -> Iterator[tuple[str, str]]:
    """The instructions of a stage, each with its words."""
    for line in stage.splitlines():
        if line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


WEB, PYTHON, LAST = stages()


def test_a_linter_finds_nothing_wrong() -> None:
    assert said([python_tool("hadolint"), "--no-color", str(DOCKERFILE)]) == ""


def test_the_compose_file_is_one() -> None:
    said([python_tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(COMPOSE)])


def test_docker_reads_the_compose_file() -> None:
    docker = optional_program("docker")
    if subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode:
        pytest.skip("install docker's compose to run this")
    said([docker, "compose", "--file", str(COMPOSE), "config", "--quiet"], **SECRETS)


def test_no_secret_is_in_the_compose_file_and_none_is_forgotten() -> None:
    text = COMPOSE.read_text()
    asked = dict(re.findall(r"\$\{(\w+):(.)", text))
    assert {name for name, kind in asked.items() if kind == "?"} == set(SECRETS)
    filled = re.sub(r"\$\{(\w+):(?:\?[^}]*|-([^}]*))\}", _filled, text)
    services = yaml.safe_load(filled)["services"]
    settings = read_settings(services["looplane"]["environment"] | {"LOOPLANE_DATA_DIR": "/data"})
    assert settings.database_url == "postgresql://looplane:a-password-of-24@database/looplane"
    assert [each for each in services["looplane"]["ports"] if not each.startswith("127.")] == []
    assert "ports" not in services["database"]


def _filled(found: re.Match[str]) -> str:
    return SECRETS.get(found[1], found[2] or "")


def test_all_that_the_image_is_built_of_may_go_there() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    copied = {
        path
        for stage in (WEB, PYTHON)
        for word, rest in steps(stage)
        if word == "COPY" and "--from" not in rest
        for path in rest.split()[:-1]
    }
    assert len(copied) > 10
    for path in copied:
        assert (ROOT / path).exists(), path
        assert f"!{path.rstrip('/')}" in lines or path.startswith("web/"), path
    left_out = {line for line in lines if not line.startswith(("!", "#"))}
    for private in ("data", ".venv", ".git", "deploy/.env"):
        assert any(fnmatch(private, each) for each in left_out)
        assert f"!{private}" not in lines


def test_nobody_runs_it_as_root_and_its_data_outlives_it() -> None:
    last = [*steps(LAST)]
    assert ("USER", "10001:10001") in last
    assert [rest for word, rest in last if word == "VOLUME"] == ["/data"]
    assert [word for word, _ in last].count("HEALTHCHECK") == 1


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that stands for the image's own root while the Python stage is built."""
    lend_packages(tmp_path / "opt/looplane")
    built = tmp_path / "web/build/web/dist"
    built.mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html>")
    return tmp_path


def test_its_steps_make_a_program_that_runs(root: Path) -> None:
    build = root / "build"
    build.mkdir()
    for word, rest in steps(PYTHON):
        if word == "COPY":
            _copy(root, build, rest)
        elif word == "RUN":
            _run(root, build, rest)
    looplane = str(root / "opt/looplane/bin/looplane")
    shutil.rmtree(build)
    env = plain_environ()
    shown = subprocess.run(
        [looplane, "--help"], env=env, cwd="/", check=True, capture_output=True, text=True
    )
    assert "Run everything" in shown.stdout


def _copy(root: Path, build: Path, words: str) -> None:
    *sources, to = words.split()
    here = ROOT
    if sources[0].startswith("--from=web"):
        sources, here = [sources[1].lstrip("/")], root / "web"
    for each in sources:
        path = here / each
        if path.is_dir():
            made = shutil.ignore_patterns("__pycache__")
            shutil.copytree(path, build / to, dirs_exist_ok=True, ignore=made)
        else:
            (build / to).mkdir(exist_ok=True)
            shutil.copy(path, build / to)


def _run(root: Path, build: Path, command: str) -> None:
    """As in the image, with the folder for its root; packages are lent, so none is fetched."""
    command = command.replace("/opt/looplane", str(root / "opt/looplane"))
    command = command.replace("python -m venv", f"{sys.executable} -m venv --without-pip")
    command = re.sub(r"(\S+)/bin/pip ", r"\1/bin/python -m pip ", command)
    env = plain_environ() | {"PIP_NO_INDEX": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    done = subprocess.run(
        ["sh", "-c", command], cwd=build, env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
