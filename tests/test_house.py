"""The rules of the house that no other tool checks."""

import ast
import importlib
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from looplane.nouns import APIS

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TREES = {path: ast.parse(path.read_text()) for path in SOURCES}
PACKAGE = ROOT / "src" / "looplane"
PARTS = {"__init__", "routes", "schemas", "commands", "sql", "rules"}
# What is no noun: its files have names of their own.
ROOMS = {"backups", "cli", "demo", "kit", "reference"}
NOUNS = sorted(
    {path.parent for path in SOURCES if path.parent.parent == PACKAGE}
    - {*map(PACKAGE.joinpath, ROOMS)}
)
API_FILES = sorted(PACKAGE.glob("*/routes.py"))
# Statements outside of a noun's sql.py.
SQL_ELSEWHERE = {
    "events.py": "the piece that every noun's writes share",
    "event_partitions.py": "the months of events belong to no noun",
    "inverses.py": "what is newer of a thing belongs to no noun",
    "filters.py": "makes the conditions of every list from their declaration",
    "foreign_keys.py": "finds what a body names, whichever noun it is of",
    "resources.py": "makes the statements of every noun from its declaration",
    "translations.py": "makes the statements on translations from their declaration",
    "kit/functions.py": "stored functions begin so",
    "kit/pooler.py": "asks what stands before the database",
    "kit/idempotency.py": "stored answers belong to no noun",
    "kit/all_tables.py": "knows no table by its name",
    "kit/embedded_pg/contents.py": "asks by psql, of a server that is not in use yet",
    "kit/paging.py": "puts a noun's list into pages",
    "kit/readiness.py": "asks whether the database answers",
    "kit/migrate.py": "the ledger comes before all nouns",
    "kit/ledger.py": "the ledger itself",
    "cli/database_checks.py": "asks for the database's clock",
}
# Statements that look into all workspaces.
ACROSS = {
    "looplane.keys.sql.FIND_BY_HASH": "a key says which workspace",
    "looplane.members.invites.sql.HOLD_OPENED": "a token says which workspace",
    "looplane.members.invites.sql.FIND_OPENED": "a token says which workspace",
    "looplane.sessions.sql.FIND_BY_HASH": "a session says which workspace",
    "looplane.sessions.sql.END_FORMER": "a session says which workspace",
    "looplane.sessions.sql.DELETE_ENDED": "one clock sweeps all",
    "looplane.sessions.links.sql.END_FIRST_RUN": "the first run is of the whole program",
    "looplane.sessions.links.sql.FIND_FIRST_ADMIN": "the first run is of the whole program",
    "looplane.sessions.links.sql.DELETE_EXPIRED": "one clock sweeps all",
    "looplane.workspaces.sql": "workspaces are in none",
    "looplane.threads.sql.FIND_DUE": "one clock wakes all",
    "looplane.files.sql.FIND_SERVED": "the secret of a link says which workspace",
    "looplane.files.sql.LIST_ORPHANS": "one sweep looks through the storage of all",
    "looplane.files.sql.DELETE_DAYS": "one sweep counts for all",
    "looplane.delivery.sql": "one worker delivers for all",
    "looplane.figures.sql": "an operator looks at all",
    "looplane.notices.sql.DELETE_OLD": "one clock sweeps all",
    "looplane.presence.sql.DELETE_GONE": "one clock sweeps all",
    "looplane.caught_mail.sql.DELETE_EXPIRED": "one clock sweeps all",
    "looplane.delivery.fan_out.failures.sql.COUNT": "the log says how many there are of all",
    "looplane.held_messages.sql.FIND_DUE": "one worker sends for all",
    "looplane.held_messages.sql.DELETE_ENDED": "one clock sweeps all",
    "looplane.outgoing_files.sql.HOLD_OLD": "one clock sweeps all",
    "looplane.kit.idempotency.DELETE_EXPIRED": "one clock sweeps all",
}
STATEMENT = re.compile(r"\s*(select|insert into|update|delete from|with|create|alter|set local)\s")
TABLE = re.compile(r"\b(?:from|join|into|update)\s+(\w+)")


def _functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def test_files_are_short() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in SOURCES}
    lines |= {path: len(path.read_text().splitlines()) for path in (ROOT / "tests").rglob("*.py")}
    assert {str(path): count for path, count in lines.items() if count > 300} == {}
    assert median(lines[path] for path in SOURCES) <= 90


def test_functions_are_short() -> None:
    lines = {
        f"{path.relative_to(PACKAGE)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path, node in _functions()
    }
    assert {name: count for name, count in lines.items() if count > 40} == {}
    assert median(lines.values()) <= 10


def test_names_say_what_a_thing_is() -> None:
    vague = re.compile(r"(Manager|Service|Helper|Utils?|Base|Data|Info)$")
    named = {
        node.name
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and vague.search(node.name)
    }
    # Where a page ends: the contract's word is `page`, and PageInfo the field's word for it.
    assert named <= {"PageInfo"}
    rooms = {part for path in SOURCES for part in path.relative_to(PACKAGE).with_suffix("").parts}
    assert not rooms & {"utils", "common", "helpers", "core", "util", "misc", "services", "models"}


@pytest.mark.parametrize("noun", NOUNS, ids=lambda path: path.name)
def test_a_noun_has_no_files_but_the_five(noun: Path) -> None:
    assert {path.stem for path in noun.rglob("*.py")} <= PARTS
    linted = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layered = [each for each in linted["contracts"] if "containers" in each]
    assert f"looplane.{noun.name}" in layered[0]["containers"]


def test_sql_is_in_the_files_for_it() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and STATEMENT.match(node.value)
        and not node.value.rstrip().endswith(".")
    }
    assert {path for path in found if not path.endswith("/sql.py")} == set(SQL_ELSEWHERE)


def _statements() -> Iterator[tuple[str, str]]:
    for path in [*PACKAGE.rglob("sql.py"), PACKAGE / "kit" / "idempotency.py"]:
        name = ".".join(("looplane", *path.relative_to(PACKAGE).with_suffix("").parts))
        for constant, text in vars(importlib.import_module(name)).items():
            if isinstance(text, str) and TABLE.search(text):
                yield f"{name}.{constant}", text


async def test_a_statement_names_the_workspace_for_each_table(db: Any) -> None:
    rows = await db.fetch(
        "select table_name from information_schema.columns"
        " where table_schema = 'public' and column_name = 'workspace_id'"
    )
    shared = {row["table_name"] for row in rows}
    seen = 0
    for name, text in _statements():
        tables = [table for table in TABLE.findall(text) if table in shared]
        seen += len(tables)
        assert text.count("workspace_id") >= len(tables) or name.startswith(tuple(ACROSS)), name
    assert seen > len(shared)


async def test_every_key_starts_with_the_workspace(db: Any) -> None:
    # Tries to sign in are of an address, which may be no member's.
    keys = await db.fetch(
        "select c.relname, i.indexrelid::regclass::text as index, a.attname from pg_index i"
        " join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]"
        " where i.indisunique and n.nspname = 'public'"
        " and c.relname not in ('workspaces', 'migrations', 'sign_in_attempts')"
    )
    assert len(keys) > 20
    assert [row["index"] for row in keys if row["attname"] != "workspace_id"] == []
    links = await db.fetch(
        "select conname, a.attname, confrelid::regclass::text as target from pg_constraint"
        " join pg_attribute a on a.attrelid = conrelid and a.attnum = conkey[1]"
        " where contype = 'f'"
    )
    assert len(links) > 20
    assert [row["conname"] for row in links if row["attname"] != "workspace_id"] == []


@pytest.mark.parametrize("path", API_FILES, ids=lambda path: path.parent.name)
def test_an_endpoint_is_its_signature_and_a_line(path: Path) -> None:
    for node in TREES[path].body:
        if isinstance(node, ast.AsyncFunctionDef):
            assert ast.get_docstring(node), node.name
            assert len(node.body) == 2, node.name
            called = re.findall(r"commands\.(\w+)", ast.unparse(node.body[1]))
            assert called in ([], [node.name])


def test_an_endpoint_is_called_as_its_operation() -> None:
    for route in (route for api in APIS for route in api.routes):
        noun, _, verb = str(route.operation_id).partition("-")
        name = route.endpoint.__name__
        # The one given name without a verb in it.
        words = re.findall(r"[A-Z]?[a-z]+", verb.replace("linearOptions", "listOptions"))
        said = name.split("_")
        assert said[0] == words[0]
        assert {word.lower().rstrip("s") for word in words} <= {word.rstrip("s") for word in said}
        assert noun[:3] in name or noun == "me", name


def test_nothing_tells_of_a_machine_or_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    # In halves, so that this file may stand among the others.
    registries = [b"py" + b"pi", b"python" + b"hosted", b"npm" + b"js", b"debian" + rb"\.org"]
    told = re.compile(rb"(?<![\w.])/(?:root|home/\w+|Users)/|" + b"|".join(registries))
    found = [
        f"{name}: {hit[0].decode()}"
        for name in listed
        if name and (ROOT / name).is_file()
        for hit in told.finditer((ROOT / name).read_bytes())
    ]
    assert found == []
