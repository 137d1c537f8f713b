"""Every example of the guides does what it says."""

import re
import shlex
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from starlette.types import ASGIApp

from looplane.cli.app import app as command_line
from looplane.kit.config import Settings
from looplane.kit.errors import all_errors
from looplane.main import API_ROOT
from tests.conftest import Workspace, connected
from tests.contract import CONTRACT
from tests.factory import Factory

ROOT = Path(__file__).parent.parent
OPERATING = (ROOT / "docs" / "operating.md").read_text()
EXAMPLES = [
    pytest.param(block, id=f"{path.stem}-{number}")
    for path in (ROOT / "README.md", ROOT / "docs" / "api.md")
    for number, block in enumerate(re.findall(r"```sh\n(.*?)```", path.read_text(), re.DOTALL))
    if block.startswith("curl")
]


def _request(command: str, values: dict[str, str]) -> tuple[str, str, dict[str, str], str | None]:
    """Method, address, headers and body of a curl command, its variables filled in."""
    for name, value in values.items():
        command = command.replace(f"'${name}'", value).replace(f"${name}", value)
    method, headers, body, address = "GET", {}, None, ""
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "--head":
            method = "HEAD"
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        else:
            address = word
    return ("POST" if body and method == "GET" else method), address, headers, body


@pytest.mark.parametrize("command", EXAMPLES)
async def test_example_is_answered_with_200(
    command: str, app: ASGIApp, make: Factory, workspace: Workspace
) -> None:
    thread, _ = await make.thread(), await make.thread()
    first_page = await make.client.get("/threads", params={"limit": 1})
    base = f"http://looplane.test{API_ROOT}"
    values: dict[str, Any] = {
        "API": base,
        "KEY": workspace.key,
        "THREAD": thread["id"],
        "CONTACT": thread["contact"]["id"],
        "TAG": (await make.tag())["id"],
        "CURSOR": first_page.json()["page"]["cursor"],
    }
    method, address, headers, body = _request(command, values)
    assert "$" not in address
    async with connected(app, None) as client:
        answer = await client.request(method, address, headers=headers, content=body)
    assert answer.status_code == httpx.codes.OK, answer.text


def test_guides_have_examples() -> None:
    assert len(EXAMPLES) >= 9


def test_the_guide_names_every_error_and_every_header() -> None:
    guide = (ROOT / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| \S", guide, re.MULTILINE)
    assert [(int(status), code) for status, code in rows] == [
        (each.status, each.code) for each in all_errors()
    ]
    headers = set(CONTRACT["components"]["headers"]) - {"WWW-Authenticate"}
    assert {each for each in headers if f"`{each}" not in guide} == set()


def test_the_guide_names_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `LOOPLANE_(\w+)` \|(.*?)\| \S", OPERATING, re.MULTILINE)
    defaults = {each.name: getattr(Settings(), each.name) for each in fields(Settings)}
    said = {name: "" if value in {None, ()} else str(value) for name, value in defaults.items()}
    said["data_dir"] = "see below"
    assert {name.lower(): default.strip(" `") for name, default in rows} == said


def test_the_guide_names_every_command() -> None:
    groups: dict[str, typer.Typer | None] = {"": command_line}
    groups |= {f"{each.name} ": each.typer_instance for each in command_line.registered_groups}
    commands = {
        f"{group}{each.name or each.callback.__name__}"
        for group, one in groups.items()
        if one
        for each in one.registered_commands
        if each.callback
    }
    assert len(commands) > 10
    rows = "\n".join(line for line in OPERATING.splitlines() if line.startswith("| `looplane"))
    assert {each for each in commands if not re.search(f"`looplane {each}[ `]", rows)} == set()
