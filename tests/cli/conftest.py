"""The command `looplane` as an operator types it, on a database of its own."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import asyncpg
import pytest

from looplane.cli.app import main
from looplane.kit.database import connected
from looplane.kit.ids import new_id
from looplane.kit.migrate import migrate
from looplane.tables import MIGRATIONS
from tests.processes import free_port

DATABASE = "looplane_cli"
Ask = Callable[..., Any]


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line of an error, with nothing beside it."""
        assert self.code != 0
        assert not self.out
        assert "Traceback" not in self.err
        (line,) = self.err.splitlines()
        return line


def ask(dsn: str, statement: str, *args: object) -> Any:
    async def answer() -> Any:
        con = await asyncpg.connect(dsn)
        try:
            return await con.fetch(statement, *args)
        finally:
            await con.close()

    return asyncio.run(answer())


@pytest.fixture(scope="module")
def url(dsn: str) -> Iterator[str]:
    """A database with our tables and no row in them."""
    ask(dsn, f"drop database if exists {DATABASE} with (force)")
    ask(dsn, f"create database {DATABASE}")
    url = urlsplit(dsn)._replace(path=f"/{DATABASE}").geturl()
    make_tables(url)
    yield url
    try:
        ask(dsn, f"drop database {DATABASE} with (force)")
    except asyncpg.InsufficientPrivilegeError:
        # The server is cleaning up in there, which only a drop without force puts an end to.
        ask(dsn, f"drop database {DATABASE}")


@pytest.fixture
def settings(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    chosen = {
        "LOOPLANE_DATABASE_URL": url,
        "LOOPLANE_DATA_DIR": str(tmp_path / "data"),
        "LOOPLANE_PORT": str(free_port()),
    }
    # Those of the tests themselves are no settings of the program.
    for name in [name for name in os.environ if name.startswith("LOOPLANE_")]:
        monkeypatch.delenv(name)
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    return chosen


@pytest.fixture
def looplane(
    settings: dict[str, str],  # it sets the environment
    capsys: pytest.CaptureFixture[str],
) -> Ask:
    """The command in this process."""

    def run(*words: str) -> Outcome:
        capsys.readouterr()
        code = main(words)
        return Outcome(code, *capsys.readouterr())

    return run


@pytest.fixture
def name() -> str:
    """What no other workspace is called."""
    return f"Acme & Söhne {new_id()}"


@pytest.fixture
def workspace(looplane: Ask, name: str) -> str:
    """The id of a new workspace."""
    return str(looplane("workspace", "create", name, "--json").document["id"])


@pytest.fixture
def ada(looplane: Ask, workspace: str) -> Any:
    """A member of it."""
    words = ["--workspace", workspace, "--email", "ada@acme.example", "--name", "Ada"]
    return looplane("member", "create", *words, "--role", "admin", "--json").document


def make_tables(dsn: str) -> None:
    """Does what `looplane migrate` does."""

    async def work() -> None:
        async with connected(dsn) as con:
            await migrate(con, MIGRATIONS)

    asyncio.run(work())


@pytest.fixture
def empty(url: str) -> Iterator[str]:
    """The same database with no table at all; they come back at the end."""
    ask(url, "drop schema public cascade")
    ask(url, "create schema public")
    yield url
    make_tables(url)


def states(outcome: Outcome) -> dict[str, str]:
    """What the doctor found, by name."""
    return {each["name"]: each["state"] for each in json.loads(outcome.out)["checks"]}
