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

from looplane.cli.app import command_line
from looplane.kit.config import Settings
from looplane.kit.errors import all_errors
from looplane.main import API_ROOT
from tests.conftest import Workspace, connected
from tests.contract import CONTRACT, OPERATIONS, operation_of
from tests.factory import Factory

ROOT = Path(__file__).parent.parent
OPERATING = ROOT / "docs" / "operating"
REFERENCE = ROOT / "docs" / "reference"
FILE = b"row,said\n1,The export is complete.\n"


def _examples(path: Path) -> list[str]:
    found = re.findall(r"```sh\n(.*?)```", path.read_text(), re.DOTALL)
    return [each for each in found if each.startswith("curl")]


GUIDES = ("README.md", "docs/api.md", "docs/deliveries.md", "docs/mail.md")
EXAMPLES = [
    pytest.param(command, id=f"{path.stem}-{number}")
    for path in (*map(ROOT.joinpath, GUIDES), *sorted(REFERENCE.glob("*.md")))
    for number, command in enumerate(_examples(path))
]


def _request(command: str, values: dict[str, str]) -> dict[str, Any]:
    """The request of a curl command, its variables filled in."""
    for name, value in sorted(values.items(), reverse=True):  # the longer of two names first
        command = command.replace(f"'${name}'", value).replace(f"${name}", value)
    request: dict[str, Any] = {"method": "GET", "headers": {}}
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    for word in words:
        if word == "-X":
            request["method"] = next(words)
        elif word == "--head":
            request["method"] = "HEAD"
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            request["headers"][name] = value
        elif word == "-d":
            request["content"] = next(words)
        elif word == "-w":
            assert next(words) == r"\n", "an answer ends in a line of its own"
        elif word == "-F":
            part = re.fullmatch(r"(\w+)=@([\w.]+);type=([\w/]+)", next(words))
            assert part, command
            request["files"] = {part[1]: (part[2], FILE, part[3])}
        else:
            request["url"] = word
    if request["method"] == "GET" and request.keys() & {"content", "files"}:
        request["method"] = "POST"
    return request


async def _things(make: Factory) -> dict[str, Any]:
    """What the examples name by a variable."""
    thread, _ = await make.thread(), await make.thread()
    first_page = await make.client.get("/threads", params={"limit": 1})
    issue = await make.issue()
    asked = {"team_id": issue["team_id"]}
    states = await make.client.get("/issues/workflow-states", params=asked)
    tag, changelog_tag = await make.tag(), await make.changelog_tag()
    message = await make.message(thread["id"])
    of_message = {"thread_id": thread["id"], "kind": "message"}
    deliveries = (await make.client.get("/deliveries", params=of_message)).json()["data"]
    undoable = await make.client.patch(f"/tags/{tag['id']}", json={"name": "To be taken back"})
    things = {
        "THREAD": thread,
        "CONTACT": thread["contact"],
        "MAILBOX": await make.mailbox(),
        "MESSAGE": message,
        "DELIVERY": deliveries[0],
        "MEMBER": {"id": await make.member()},
        "COMPANY": await make.company(),
        "OTHER_COMPANY": await make.company(),
        "TAG": tag,
        "VIEW": await make.view(),
        "MOMENT": {"id": thread["updated_at"]},
        "TAG_GROUP": {"id": tag["tag_group_id"]},
        "PROJECT": await make.project(),
        "ISSUE": issue,
        "STATE": states.json()["data"][-1],
        "FOLDER": await make.snippet_folder(),
        "CHANGELOG_TAG": changelog_tag,
        "ARTICLE": await make.doc_article(),
        "TOKEN": {"id": undoable.headers["x-looplane-undo"]},
        "CURSOR": {"id": first_page.json()["page"]["cursor"]},
    }
    return {name: each["id"] for name, each in things.items()}


@pytest.mark.parametrize("command", EXAMPLES)
async def test_example_is_answered_with_200(
    command: str, app: ASGIApp, make: Factory, workspace: Workspace
) -> None:
    known = {"API": f"http://looplane.test{API_ROOT}", "KEY": workspace.key}
    request = _request(command, known | await _things(make))
    assert "$" not in request["url"] + request.get("content", "")
    async with connected(app, None) as client:
        answer = await client.request(**request)
    assert answer.status_code == httpx.codes.OK, answer.text


def test_guides_have_examples() -> None:
    assert len(EXAMPLES) >= 9


@pytest.mark.parametrize("group", sorted({each.spec["tags"][0] for each in OPERATIONS}))
def test_each_group_has_an_example_of_its_own(group: str) -> None:
    commands = _examples(REFERENCE / f"{group}.md")
    assert commands
    for command in commands:
        request = _request(command, {"API": API_ROOT})
        operation = operation_of(request["method"], request["url"].partition("?")[0])
        assert operation, command
        assert operation.spec["tags"] == [group]


def test_what_is_ours_is_there() -> None:
    _, _, ours = (ROOT / "docs" / "api.md").read_text().partition("## What is ours")
    named = set(re.findall(r"`((?:GET|POST|PATCH|DELETE) /[^`]+)`", ours))
    assert len(named) >= 20
    assert named <= {f"{each.method} {each.path}" for each in OPERATIONS}


def test_each_part_is_on_the_page_of_the_architecture() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    package = ROOT / "src" / "looplane"
    parts = {f"{each.parent.name}/" for each in package.glob("*/__init__.py")}
    parts |= {each.name for each in package.glob("*.py")} - {"__init__.py"}
    assert {each for each in parts if f"`{each}" not in page} == set()


def test_the_guide_names_every_error_and_every_header() -> None:
    guide = (ROOT / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| \S", guide, re.MULTILINE)
    assert [(int(status), code) for status, code in rows] == [
        (each.status, each.code) for each in all_errors()
    ]
    headers = set(CONTRACT["components"]["headers"]) - {"WWW-Authenticate", "Set-Cookie"}
    assert {each for each in headers if f"`{each}" not in guide} == set()


def test_the_guide_names_every_setting_with_its_default() -> None:
    page = (OPERATING / "settings.md").read_text()
    rows = re.findall(r"^\| `LOOPLANE_(\w+)` \|(.*?)\| \S", page, re.MULTILINE)
    defaults = {each.name: getattr(Settings(), each.name) for each in fields(Settings)}
    said = {name: "" if value in {None, ()} else str(value) for name, value in defaults.items()}
    said["data_dir"] = "[by a rule](install.md#the-data-directory)"
    assert {name.lower(): default.strip(" `") for name, default in rows} == said


def test_the_guide_names_every_command() -> None:
    whole = command_line()
    groups: dict[str, typer.Typer | None] = {"": whole}
    groups |= {f"{each.name} ": each.typer_instance for each in whole.registered_groups}
    commands = {
        f"{group}{each.name or each.callback.__name__}"
        for group, one in groups.items()
        if one
        for each in one.registered_commands
        if each.callback
    }
    assert len(commands) > 10
    page = (OPERATING / "commands.md").read_text()
    rows = "\n".join(line for line in page.splitlines() if line.startswith("| `looplane"))
    assert {each for each in commands if not re.search(f"`looplane {each}[ `]", rows)} == set()
