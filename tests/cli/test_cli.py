"""The commands that make and list things, and what they say of errors."""

import asyncio
import errno
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from looplane.cli.app import command_line
from looplane.cli.demo import open_demo
from looplane.cli.failures import explain
from looplane.demo.rows import ident
from looplane.kit.context import Context
from looplane.kit.ids import new_id
from looplane.kit.keys import SCOPES
from looplane.kit.principal import Principal
from looplane.members.commands import create_member
from looplane.members.schemas import Role
from looplane.workspaces.commands import create_workspace
from tests.cli.conftest import DATABASE, Ask, ask, states
from tests.processes import Folder, status


@pytest.mark.parametrize(
    "words",
    [
        ("workspace", "list"),
        ("workspace", "create", "Acme"),
        ("key", "list", "--workspace", "W"),
        ("demo",),
        ("clean-html",),
    ],
)
def test_a_command_migrates_nothing(looplane: Ask, empty: str, words: list[str]) -> None:
    assert "`looplane migrate`" in looplane(*words, "--json").complaint
    assert not ask(empty, "select from pg_tables where schemaname = 'public'")


def test_a_full_disk_is_not_taken_for_a_database_that_is_away() -> None:
    told = explain(OSError(errno.ENOSPC, "No space left on device"))
    assert told == "Where this writes: No space left on device; free some there."


def test_migrate_says_what_it_applied(looplane: Ask, empty: str) -> None:
    assert not ask(empty, "select from pg_tables where schemaname = 'public'")
    applied = looplane("migrate", "--json").document["applied"]
    assert applied[0].endswith(".sql")
    assert applied[-1].startswith("thread_update_")
    assert looplane("migrate", "--json").document == {"applied": []}
    assert "up to date" in looplane("migrate").out


def test_workspace_starts_with_all_that_its_things_need(
    workspace: str, name: str, url: str
) -> None:
    ends = ("backlog", "planned", "started", "completed", "canceled")
    projects = zip(("Backlog", "Planned", "In progress", "Shipped", "Canceled"), ends, strict=True)
    kinds = ("triage", "backlog", "unstarted", "started", "completed", "canceled")
    names = ("Triage", "Backlog", "Todo", "In progress", "Done", "Canceled")
    table = {
        "teams": ("name, is_default", [(name, True)]),
        "project_statuses": ("name, type", [*projects]),
        "workflow_states": ("name, type", [*zip(names, kinds, strict=True)]),
        "company_statuses": ("name", [("Prospect",), ("Trial",), ("Active",), ("Churned",)]),
        "company_tiers": ("name", [("Free",), ("Team",), ("Business",), ("Enterprise",)]),
    }
    for each, (columns, expected) in table.items():
        order = "id" if each == "teams" else "position"
        found = f"select {columns} from {each} where workspace_id = $1 order by {order}"
        assert [tuple(row) for row in ask(url, found, workspace)] == expected
    colors = "select color from project_statuses where workspace_id = $1"
    assert all(row["color"].startswith("#") for row in ask(url, colors, workspace))


def test_workspace_is_found_by_id_or_by_its_one_name(looplane: Ask) -> None:
    made = looplane("workspace", "create", "Only One", "--json").document
    (listed,) = [each for each in listed_workspaces(looplane) if each["id"] == made["id"]]
    assert made.items() <= listed.items()
    for named in (made["id"], "Only One"):
        assert looplane("key", "list", "--workspace", named, "--json").document == {"data": []}
    for unknown in ("only one", str(new_id())):
        assert unknown in looplane("key", "list", "--workspace", unknown).complaint


def listed_workspaces(looplane: Ask) -> Any:
    return looplane("workspace", "list", "--json").document["data"]


def test_name_of_several_workspaces_names_none(looplane: Ask, url: str) -> None:
    """As programs made them that did not refuse it."""
    ids = [str(new_id()) for _ in range(2)]
    for id in ids:
        ask(url, "insert into workspaces values ($1, 'Twin', now())", id)
    outcome = looplane("key", "create", "--workspace", "Twin", "--json")
    assert outcome.code == 1
    assert all(id in outcome.complaint for id in ids)
    # One that is called like the id of another does not hide it.
    looplane("workspace", "create", ids[0])
    words = ["--workspace", ids[0], "--json"]
    assert looplane("key", "create", *words).document["workspace_id"] == ids[0]


def test_member_and_key(looplane: Ask, workspace: str, ada: Any) -> None:
    assert (ada["role"], ada["workspace_id"]) == ("ADMIN", workspace)
    words = ["--workspace", workspace, "--member", "ADA@acme.example", "--label", "ci"]
    made = looplane("key", "create", *words, "--scopes", "tags:write, tags:read", "--json").document
    assert made["member_id"] == ada["id"]
    assert made["scopes"] == ["tags:read", "tags:write"]
    (listed,) = looplane("key", "list", "--workspace", workspace, "--json").document["data"]
    assert {name: listed[name] for name in listed if name in made} == {
        name: made[name] for name in listed if name in made
    }
    assert listed["member_email"] == "ada@acme.example"
    assert listed["is_active"]
    assert (made["kind"], listed["kind"]) == ("program", "program")
    assert made["key"] not in json.dumps(listed)


def test_key_may_do_all_when_nothing_else_is_said(looplane: Ask, workspace: str) -> None:
    made = looplane("key", "create", "--workspace", workspace, "--json").document
    assert made["scopes"] == list(SCOPES)
    assert made["member_id"] is None


@pytest.mark.parametrize("kind", ["person", "program", "AI"])
def test_key_says_who_acts_by_it(looplane: Ask, workspace: str, kind: str) -> None:
    made = looplane("key", "create", "--workspace", workspace, "--kind", kind)
    assert ["kind", kind.lower()] in [line.split() for line in made.out.splitlines()]
    assert f"{kind.lower()}, made 2" in looplane("key", "list", "--workspace", workspace).out


def test_text_shows_a_key_once_and_whole(looplane: Ask, workspace: str) -> None:
    made = looplane("key", "create", "--workspace", workspace)
    words = made.out.split()
    (key,) = [word for word in words if word.startswith("ll_")]
    assert len(key) == len("ll_") + 64
    listed = looplane("key", "list", "--workspace", workspace).out
    assert key not in listed
    assert f"{key[:9]}…" in listed


def test_revoked_key_stays_listed_as_such(looplane: Ask, workspace: str) -> None:
    made = looplane("key", "create", "--workspace", workspace, "--json").document
    words = ["key", "revoke", made["id"].upper(), "--workspace", workspace, "--json"]
    done = looplane(*words).document
    assert done["id"] == made["id"]
    assert looplane(*words).document == done
    (listed,) = looplane("key", "list", "--workspace", workspace, "--json").document["data"]
    assert (listed["revoked_at"], listed["is_active"]) == (done["revoked_at"], False)
    other = looplane("workspace", "create", "Other", "--json").document["id"]
    words[4] = other
    assert looplane(*words).code == 1


def test_demo_is_made_once_and_its_key_opens_it(looplane: Ask, url: str) -> None:
    first = looplane("demo", "--json").document
    second = looplane("demo", "--json").document
    assert (first["created"], second["created"]) == (True, False)
    assert first["workspace_id"] == second["workspace_id"]
    assert first["key"] != second["key"]
    threads = ask(url, "select from threads where workspace_id = $1", first["workspace_id"])
    assert len(threads) == 60
    words = ["--workspace", first["name"], "--json"]
    keys = looplane("key", "list", *words).document["data"]
    assert {each["member_email"] for each in keys} == {first["member"]}
    assert {each["kind"] for each in keys} == {"person"}
    assert looplane("demo").out.count("ll_") == 1


@pytest.mark.usefixtures("pool")
async def test_demo_that_is_there_gets_a_key_of_its_first_admin(con: Any) -> None:
    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3)]
    workspace_id = await create_workspace(con, "Our demo", days[0], ident)
    assert (await open_demo(con, days[0]))["member"] is None
    team: list[tuple[str, Role, int]] = [("c", "ADMIN", 2), ("b", "ADMIN", 1), ("a", "USER", 0)]
    for email, role, at in team:
        joining = Context(Principal(workspace_id, "rule"), partial(days.__getitem__, at), "test")
        await create_member(con, joining, f"{email}@x.example", email, role)
    found = await open_demo(con, days[2])
    assert (found["created"], found["workspace_id"]) == (False, str(workspace_id))
    assert found["member"] == "b@x.example"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([], ""),
        (["nonsense"], "nonsense"),
        (["workspace", "create", "   "], "NAME"),
        (["workspace", "create", "x" * 256], "255"),
        (["workspace", "create", "a\0b"], "NUL"),
        (["workspace", "create", "a\udcffb"], "NAME"),
        (["key", "create"], "--workspace"),
        (["key", "revoke", "7", "--workspace", "W"], "ID"),
        (["key", "create", "--workspace", "W", "--member", "nobody"], "--member"),
        (["member", "create", "--workspace", "W", "--email", "a b"], "--email"),
        (["key", "create", "--workspace", "W", "--kind", "robot"], "--kind"),
        (["member", "create", "--workspace", "W", "--role", "BOSS"], "--role"),
    ],
)
def test_wrong_usage_is_two(looplane: Ask, words: list[str], named: str) -> None:
    outcome = looplane(*words)
    assert outcome.code == 2
    if words:
        assert named in outcome.complaint
        assert "--help" in outcome.complaint


def test_what_is_not_there_is_one(looplane: Ask, workspace: str, ada: Any) -> None:
    bogus = ["--scopes", "tags:read,bogus,evil", "--member", "nobody@acme.example"]
    complaint = looplane("key", "create", "--workspace", workspace, *bogus).complaint
    for word in ("bogus", "evil", "snippets:write", "nobody@acme.example"):
        assert word in complaint
    words = ["--workspace", workspace, "--email", ada["email"], "--name", "Another", "--json"]
    outcome = looplane("member", "create", *words)
    assert outcome.code == 1
    assert ada["email"] in outcome.complaint


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("LOOPLANE_PORT", "80x", "LOOPLANE_PORT"),
        ("LOOPLANE_DATABASE_URL", "postgresql://u:se/cret@127.0.0.1/x", "LOOPLANE_DATABASE_URL"),
        ("LOOPLANE_DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/x", "cannot be reached"),
        ("LOOPLANE_DATABASE_URL", "postgresql://u@h/x?sslmode=secret", "LOOPLANE_DATABASE_URL"),
    ],
)
def test_wrong_settings_are_told_and_no_secret_is(
    looplane: Ask, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, told: str
) -> None:
    monkeypatch.setenv(setting, value)
    outcome = looplane("workspace", "list", "--json")
    assert outcome.code == 1
    assert told in outcome.complaint
    assert "secret" not in outcome.complaint
    assert "cret@" not in outcome.complaint
    findings = json.loads(looplane("doctor", "--json").out)
    assert not findings["ok"]
    assert told in findings["checks"][0]["message"]


def test_missing_database_is_told(looplane: Ask, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("LOOPLANE_DATABASE_URL", url.replace(DATABASE, "nowhere"))
    assert "nowhere" in looplane("migrate").complaint


def test_every_command_takes_json() -> None:
    app = command_line()
    groups = [each.typer_instance for each in app.registered_groups]
    commands = [each for one in (app, *groups) if one for each in one.registered_commands]
    assert len(commands) > 10
    lacking = [
        each.callback.__name__
        for each in commands
        if each.callback and "as_json" not in each.callback.__annotations__
    ]
    assert lacking in ([], ["pg"])


def test_terminal_obeys_no_name(looplane: Ask) -> None:
    looplane("workspace", "create", "Evil \x1b[2J name")
    assert "\x1b" not in looplane("workspace", "list").out


def test_embedded_database_is_there_when_nothing_runs(
    looplane: Ask, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOOPLANE_DATABASE_URL")
    assert looplane("migrate", "--json").document["applied"]
    made = looplane("workspace", "create", "Embedded", "--json").document
    assert [each["id"] for each in listed_workspaces(looplane)] == [made["id"]]
    assert set(states(looplane("doctor", "--json")).values()) == {"ok"}
    assert not (Path(settings["LOOPLANE_DATA_DIR"]) / "postgres" / "postmaster.pid").exists()


async def test_command_works_beside_serve(
    place: Folder, looplane: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOOPLANE_DATABASE_URL")
    serve = await place.started("serve")
    monkeypatch.setenv("LOOPLANE_DATA_DIR", str(place.data_dir))
    beside = await asyncio.to_thread(looplane, "workspace", "list", "--json")
    assert [each["name"] for each in beside.document["data"]] == ["Rungwell"]
    assert await status(f"{serve.url}/readyz") == httpx.codes.OK
