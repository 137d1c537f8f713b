"""A database with something of everything, and servers to bring it to."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from looplane.backups.fingerprints import Fingerprints, take_fingerprints
from looplane.backups.sql import LIST_WHAT_IS_THERE
from looplane.cli.app import main
from looplane.kit.database import connected
from looplane.kit.embedded_pg.binaries import find_binaries, from_system
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from tests.cli.conftest import Outcome, ask

KEY = "a key that opens what is sealed" * 2
# What is easily lost on the way.
ODD = r"""
create table "Odd, (table)" (
  id int primary key, "a ""b"" c" text, bytes bytea, exact float8, moment timestamptz,
  span tstzrange, document jsonb, doubled int generated always as (id * 2) stored, "İ" text);
insert into "Odd, (table)" values
  (1, '\.', '\x00ff5c', 0.1::float8 + 0.2, '2026-03-29 01:59:59.999999+01', '[2026-01-01,)', '{"a": 1}'),
  (2, E'\n\\.\n', null, 'NaN', 'infinity', 'empty', 'null'),
  (3, E'COPY public.x (a) FROM stdin;\nSET statement_timeout = 1;\t\\N', '', '-0', null, null, '[]'),
  (4, repeat('ä€𝄞 ', 300000), null, 1e308, '0044-03-15 BC', null, null)"""


@dataclass
class Desk:
    """An operator with a folder, and an embedded database in it that runs."""

    folder: Path
    url: str
    made: list[str] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        return {"LOOPLANE_DATA_DIR": str(self.folder / "data")}

    def new_database(self, url: str, options: str = "") -> str:
        """The address of an empty database on the server of `url`."""
        name = f"empty_{len(self.made)}"
        self.made.append(name)
        ask(url, f"create database {name} {options}")
        return urlsplit(url)._replace(path=f"/{name}").geturl()

    def start(self, *words: str, **settings: object) -> subprocess.Popen[str]:
        """The command in a process of its own."""
        chosen = {f"LOOPLANE_{name.upper()}": str(value) for name, value in settings.items()}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("LOOPLANE_")}
        return subprocess.Popen(
            [sys.executable, "-m", "looplane.cli", *words],
            env={**kept, **self.settings, **chosen},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def fingerprints(url: str) -> Fingerprints:
    """Of each table but the one that a server's own numbers change, to go on in order."""

    async def work() -> Fingerprints:
        async with connected(url) as con, con.transaction():
            return await take_fingerprints(con)

    found = asyncio.run(work())
    return {name: each for name, each in found.items() if name != "public.event_positions"}


def contents(url: str) -> list[str]:
    return [row["name"] for row in ask(url, LIST_WHAT_IS_THERE)]


@pytest.fixture(scope="package")
def desk() -> Iterator[Desk]:
    folder = Path(tempfile.mkdtemp(prefix="looplane-test-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "data", find_binaries(None))
    try:
        desk = Desk(folder, server.start())
        for command in ("migrate", "demo"):
            _, said = (process := desk.start(command)).communicate()
            assert process.returncode == 0, said
        ask(desk.url, "create extension if not exists citext")
        asyncio.run(_fill(desk.url))
        (folder / "data/files/one").mkdir(parents=True)
        (folder / "data/files/one/picture").write_bytes(bytes(range(256)) * 4000)
        (folder / "data/files/one/empty").touch()
        (folder / "data/files/one/unfinished#1").write_text("a put that goes on")
        (folder / "data/secret.key").write_text(KEY)
        yield desk
    finally:
        server.stop()
        shutil.rmtree(folder)


async def _fill(url: str) -> None:
    async with connected(url) as con:
        await con.execute(ODD)


@pytest.fixture(scope="package")
def older(desk: Desk) -> Iterator[str]:
    """The address of a server of an older major version, as an operator may have."""
    found = [path for path in from_system() if path.parent.name != "18"]
    if not found:
        pytest.skip("there is no other PostgreSQL on this machine")
    server = EmbeddedPostgres(desk.folder / "older", found[-1])
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def looplane(desk: Desk, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Any:
    """The command in this process: `looplane("backup", path, database_url=…)`."""

    def run(*words: object, **settings: object) -> Outcome:
        chosen = {f"LOOPLANE_{name.upper()}": str(value) for name, value in settings.items()}
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("LOOPLANE_")]:
                patch.delenv(name)
            for name, value in {**desk.settings, **chosen}.items():
                patch.setenv(name, value)
            capfd.readouterr()
            code = main([str(word) for word in words])
            return Outcome(code, *capfd.readouterr())

    return run


@pytest.fixture(scope="package")
def archive(desk: Desk) -> Path:
    """A backup of all that is there."""
    path = desk.folder / "looplane.tar"
    _, said = (process := desk.start("backup", str(path))).communicate()
    assert process.returncode == 0, said
    return path
