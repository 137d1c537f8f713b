"""What was made by mistake is corrected by the command: members, and whole workspaces."""

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner

from looplane.cli.app import command_line
from looplane.kit.database import connected, open_database
from looplane.kit.storage import local_storage
from looplane.tables import MIGRATIONS
from looplane.workspaces.removal import commands as removal, sql as removal_sql
from looplane.workspaces.removal.commands import delete_workspace
from looplane.workspaces.removal.rules import in_order
from tests.cli.conftest import Ask, ask

_TABLES = """
select table_name from information_schema.columns
where table_schema = 'public' and column_name = 'workspace_id'
  and table_name <> 'deleted_workspaces'"""
_EVENTS = "select type, actor->>'rule' as rule from events where workspace_id = $1 order by id"


def rows_left(url: str, id: str) -> dict[str, int]:
    """How many rows of a workspace each table has, of those that have some."""
    tables = [row["table_name"] for row in ask(url, _TABLES)]
    assert len(tables) > 60
    counts = [
        f"select '{each}' as name, count(*) as n from {each} where workspace_id = $1"
        for each in tables
    ]
    found = ask(url, " union all ".join(counts), id)
    return {row["name"]: row["n"] for row in found if row["n"]}


def names(looplane: Ask, *words: str) -> list[str]:
    return [
        each["name"] for each in looplane("workspace", "list", "--json", *words).document["data"]
    ]


def test_members_are_listed_changed_and_removed(
    looplane: Ask, url: str, workspace: str, ada: Any
) -> None:
    of = ["--workspace", workspace]
    looplane("member", "create", *of, "--email", "bob@acme.example", "--name", "Bob")
    for words in (("role", ada["email"], "viewer"), ("remove", ada["email"], "--yes")):
        assert "last ADMIN" in looplane("member", *words, *of).complaint
    assert looplane("member", "role", "BOB@acme.example", "ADMIN", *of).code == 0
    assert looplane("member", "remove", ada["email"], *of, "--yes", "--json").document["id"]
    (bob,) = looplane("member", "list", *of, "--json").document["data"]
    assert (bob["email"], bob["role"]) == ("bob@acme.example", "ADMIN")
    assert bob["last_seen_at"] is None
    assert "never" in looplane("member", "list", *of).out
    assert "member" in looplane("member", "remove", ada["email"], *of, "--yes").complaint
    told = [(row["type"], row["rule"]) for row in ask(url, _EVENTS, workspace)]
    assert told[2:] == [
        ("membership.role_changed", "member role"),
        ("membership.removed", "member remove"),
    ]


def test_what_a_name_holds_is_no_order_to_a_terminal(
    looplane: Ask, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member chooses their own name, and a workspace's."""
    of, clear = ["--workspace", workspace], "\x1b[2J"
    looplane("member", "create", *of, "--email", "eve@acme.example", "--name", f"Eve{clear}")
    told = looplane("member", "role", "eve@acme.example", "ADMIN", *of)
    told_too = looplane("workspace", "rename", workspace, f"A{clear} {workspace}")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    asked = looplane("workspace", "delete", workspace)
    assert (told.code, told_too.code, asked.code) == (0, 0, 1)
    assert "\x1b" not in "".join(each.out + each.err for each in (told, told_too, asked))


def test_a_removal_is_asked_about(
    looplane: Ask, workspace: str, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["member", "remove", ada["email"], "--workspace", workspace]
    # Nobody answers a job at night.
    for answer, told in (("n\n", "The answer was no: nothing"), ("", "\nError: Nobody is here")):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        outcome = looplane(*words)
        assert outcome.code == 1
        assert told in outcome.err
        assert "was done" in outcome.err
    assert len(looplane("member", "list", "--workspace", workspace, "--json").document["data"]) == 1


def test_no_two_workspaces_are_called_the_same(looplane: Ask, workspace: str, name: str) -> None:
    other = looplane("workspace", "create", f"{name} II", "--json").document["id"]
    for words in (("create", name), ("rename", other, name)):
        complaint = looplane("workspace", *words).complaint
        assert f"rename {workspace} NAME" in complaint
    assert looplane("workspace", "rename", name, name).code == 0, "it may keep its own"
    renamed = f"{name} III"
    assert looplane("workspace", "rename", name, renamed, "--json").document == {
        "id": workspace,
        "name": renamed,
    }
    assert {renamed, f"{name} II"} <= set(names(looplane))


def test_an_archived_one_is_in_no_list_and_takes_nobody(
    looplane: Ask, workspace: str, name: str, ada: Any
) -> None:
    assert looplane("workspace", "archive", name, "--json").document["archived_at"]
    assert name not in names(looplane)
    assert name in names(looplane, "--archived")
    for words in (
        ("member", "create", "--email", "x@acme.example", "--name", "X", "--workspace", name),
        ("member", "sign-in-link", ada["email"], "--workspace", name),
        ("key", "create", "--workspace", name),
    ):
        assert f"`looplane workspace unarchive {workspace}`" in looplane(*words).complaint
    assert looplane("key", "list", "--workspace", name).code == 0
    assert looplane("workspace", "unarchive", name).code == 0
    assert name in names(looplane)
    assert looplane("key", "create", "--workspace", name).code == 0
    assert "never used" in looplane("key", "list", "--workspace", name).out


def test_a_workspace_without_anything_is_said_to_be_empty(looplane: Ask, name: str) -> None:
    id = looplane("workspace", "create", name, "--json").document["id"]
    assert "has nothing in it." in looplane("workspace", "delete", id, "--yes", name).err


@pytest.mark.parametrize("typed", ["n\n", "y\nsomething else\n", ""])
def test_a_deletion_is_asked_about_twice(
    looplane: Ask, url: str, workspace: str, ada: Any, typed: str
) -> None:
    before = rows_left(url, workspace)
    outcome = CliRunner().invoke(command_line(), ["workspace", "delete", workspace], input=typed)
    assert outcome.exit_code != 0
    assert outcome.exception is None or not isinstance(outcome.exception, AssertionError)
    assert looplane("workspace", "delete", workspace, "--yes", ada["name"]).code == 2
    assert rows_left(url, workspace) == before


def test_a_deletion_shows_what_it_takes_and_takes_all(
    looplane: Ask, url: str, settings: dict[str, str], workspace: str, name: str, ada: Any
) -> None:
    looplane("key", "create", "--workspace", workspace, "--member", ada["email"])
    kept = Path(settings["LOOPLANE_DATA_DIR"]) / "files" / workspace / "a"
    other = kept.parent.with_name("other") / "a"
    for each in (kept, other):
        each.parent.mkdir(parents=True)
        each.write_text("words")
    outcome = looplane("workspace", "delete", workspace, "--yes", name, "--json")
    assert outcome.document["rows"]["api_keys"] == 1
    assert ["members", "1"] in [line.split() for line in outcome.err.splitlines()]
    assert rows_left(url, workspace) == {}
    assert (kept.exists(), other.exists()) == (False, True)
    assert "no workspace" in looplane("workspace", "delete", workspace, "--yes", name).complaint
    assert looplane("workspace", "create", name).code == 0, "its name is free"


def test_the_demo_is_taken_away_whole_even_by_two_tries(
    looplane: Ask, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = looplane("demo", "--json").document
    id, whole = made["workspace_id"], rows_left(url, made["workspace_id"])
    assert len(whole) > 35
    monkeypatch.setattr(removal, "PAGES", 1)
    _die_at(url, id, "companies", tmp_path)
    left = rows_left(url, id)
    assert 0 < len(left) < len(whole)
    assert "has begun" in looplane("workspace", "list", "--archived").out
    assert "has begun" in looplane("demo").complaint
    assert "has begun" in looplane("workspace", "unarchive", id).complaint
    outcome = looplane("demo", "remove", "--yes", "--json")
    assert outcome.document["id"] == id
    assert rows_left(url, id) == {}
    assert "no demo" in looplane("demo", "remove", "--yes").complaint
    (gone,) = ask(url, "select name, is_demo from deleted_workspaces where workspace_id = $1", id)
    assert tuple(gone) == (made["name"], True)


class DyingError(Exception):
    """As good as a kill: nothing comes after it."""


def _die_at(url: str, id: str, table: str, folder: Path) -> None:
    def tell(name: str, _rows: int) -> None:
        if name == table:
            raise DyingError

    async def work() -> None:
        database = await open_database(url, 2)
        try:
            now = datetime.now(UTC)
            await delete_workspace(database, local_storage(folder), UUID(id), now, tell)
        finally:
            await database.pool.close()

    with pytest.raises(DyingError):
        asyncio.run(work())


def test_a_company_goes_after_those_that_became_it(
    looplane: Ask, url: str, workspace: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However they lie on the disk."""
    monkeypatch.setattr(removal, "PAGES", 1)
    asyncio.run(_chain_companies(url, UUID(workspace)))
    assert rows_left(url, workspace)["companies"] == 3
    assert looplane("workspace", "delete", workspace, "--yes", name).code == 0
    assert rows_left(url, workspace) == {}


async def _chain_companies(url: str, id: UUID) -> None:
    async with connected(url) as con:
        columns = await _required(con, "companies")
        former = None
        for n in (3, 2, 1):
            await con.execute(
                f"insert into companies (workspace_id, id, merged_into_id{columns[0]})"
                f" values ($1, $2, $3{columns[1]})",
                id,
                UUID(int=n),
                former,
            )
            former = UUID(int=n)


async def _required(con: Any, table: str) -> tuple[str, str]:
    """The columns without which there is no row, and something for each."""
    rows = await con.fetch(
        "select column_name as name, data_type as type from information_schema.columns"
        " where table_name = $1 and is_nullable = 'NO' and column_default is null"
        " and is_generated = 'NEVER' and column_name not in ('workspace_id', 'id')",
        table,
    )
    filled = {"text": "'x'", "timestamp with time zone": "now()", "jsonb": "'{}'"}
    return (
        "".join(f", {row['name']}" for row in rows),
        "".join(f", {filled[row['type']]}" for row in rows),
    )


def test_each_table_goes_after_those_that_refer_to_it() -> None:
    links = [("b", "a"), ("c", "b"), ("a", "a"), ("z", "elsewhere")]
    assert in_order(["a", "b", "c"], links) == ["c", "b", "a"]
    assert "ctid" in removal_sql.delete_rows("threads")


def test_version_is_told_without_a_database(
    looplane: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOOPLANE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    assert "looplane doctor" in looplane("--version").out
    monkeypatch.delenv("LOOPLANE_DATABASE_URL")
    monkeypatch.setenv("LOOPLANE_DATA_DIR", str(tmp_path / "none"))
    told = looplane("--version")
    assert told.code == 0
    assert max(MIGRATIONS.files) in told.out
    assert told.out.startswith("Looplane ")
    assert not (tmp_path / "none").exists()


def test_a_program_before_this_one_made_a_demo_too(empty: str) -> None:
    """One that is only called so is somebody's own."""
    steps = dict(MIGRATIONS.files)
    last = steps.pop("2026-11-29_archived.sql")
    for step in steps.values():
        ask_script(empty, step.text)
    for n, email in ((1, "maren@rungwell.example"), (2, "me@company.example")):
        ask(empty, "insert into workspaces values ($1, 'Rungwell', now())", str(UUID(int=n)))
        ask(
            empty,
            "insert into members (workspace_id, id, email, role, joined_at, updated_at)"
            " values ($1, $1, $2, 'ADMIN', now(), now())",
            str(UUID(int=n)),
            email,
        )
    ask_script(empty, last.text)
    found = ask(empty, "select is_demo from workspaces order by id")
    assert [row["is_demo"] for row in found] == [True, False]
    ask(empty, "drop schema public cascade")
    ask(empty, "create schema public")


def ask_script(dsn: str, script: str) -> None:
    async def run() -> None:
        con = await asyncpg.connect(dsn)
        try:
            await con.execute(script)
        finally:
            await con.close()

    asyncio.run(run())
