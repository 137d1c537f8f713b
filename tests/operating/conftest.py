"""One year of one operator, lived once for all tests of the chapters."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest

from looplane.kit.embedded_pg.binaries import find_binaries, from_system
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from tests.cli.conftest import ask
from tests.environments import ROOT, copy_checkout, lend_packages
from tests.operating.pages import README, Block, blocks, chapters
from tests.operating.year import Failed, Reader
from tests.processes import free_port

# What a command asks, as it is answered.
_ANSWERS = {
    "member remove": "y\n",
    "workspace delete": "y\nOur company\n",
    "contact erase": "y\n",
}
_OWN = "LOOPLANE_DATABASE_URL='"


@pytest.fixture(scope="package")
def year() -> Iterator[dict[str, str | Failed]]:
    """What each block of README.md and of the chapters printed, by its name, or how it failed."""
    folder = Path(tempfile.mkdtemp(prefix="looplane-test-"))
    folder.chmod(0o755)  # open to the user that PostgreSQL runs as
    try:
        with _own_server(folder / "own") as url:
            reader = Reader(_new_checkout(folder / "looplane"))
            try:
                yield _lived(reader, url)
            finally:
                reader.stop_all()
    finally:
        shutil.rmtree(folder)


def _new_checkout(folder: Path) -> Path:
    """A checkout that was never set up, but with packages at hand, so that none is fetched."""
    checkout = copy_checkout(folder)
    shutil.copy(ROOT / "Makefile", checkout)
    lend_packages(checkout / ".venv")
    scripts = {
        # One that makes environments without pip, which takes seconds.
        "python3": 'if [ "$1" = -m ]; then shift 2; set -- -m venv --without-pip "$@"; fi\n'
        f'exec {sys.executable} "$@"\n',
        # The inbox is built in another test.
        "web/ready.sh": "exit 1\n",
    }
    for name, text in scripts.items():
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_text(f"#!/bin/sh\n{text}")
        (checkout / name).chmod(0o755)
    return checkout


@contextmanager
def _own_server(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL of the operator's own, of another version where there is one."""
    found = [path for path in from_system() if path.parent.name != "18"]
    server = EmbeddedPostgres(folder, found[-1] if found else find_binaries(None))
    try:
        yield server.start()
    finally:
        server.stop()


def _empty_database(url: str, name: str) -> str:
    ask(url, f"create database {name}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _lived(reader: Reader, url: str) -> dict[str, str | Failed]:
    told: dict[str, str | Failed] = {}
    first, own = _empty_database(url, "first"), _empty_database(url, "own")
    for block in blocks(README):
        if block.kind == "sh":
            told[block.name] = _tried(_read_first, reader, block, first)
    for path in chapters():
        for block in blocks(path):
            if block.kind == "sh":
                told[block.name] = _tried(_operated, reader, block, own)
    return told


def _tried(
    step: Callable[[Reader, Block, str], str], reader: Reader, block: Block, url: str
) -> str | Failed:
    try:
        return step(reader, block, url)
    except Failed as failed:
        return failed


def _read_first(reader: Reader, block: Block, url: str) -> str:
    """A block of README.md, and what it has the reader do with what it printed."""
    if _OWN in block.text:  # beside the first one, which goes on
        beside = Reader(reader.checkout, free_port())
        try:
            return beside.follow(block, url)
        finally:
            beside.stop_all()
    said = reader.follow(block, url)
    if "make run" in block.text:
        _, _, steps = said.partition("paste this into another terminal:\n")
        said += reader.paste(steps.partition("\nThe key opens")[0])
    elif "tab=needs-response" in block.text:
        document, _ = said[said.index("{") :].rsplit("}", 1)
        thread = orjson.loads(document + "}")["data"][0]["id"]
        reader.paste(f"export THREAD={thread}")
    return said


def _operated(reader: Reader, block: Block, url: str) -> str:
    answers = {**_ANSWERS, "move --to": f"{url}\n"}
    asked = [answer for command, answer in answers.items() if command in block.text]
    if asked and len(block.commands) > 1:
        msg = "what is pasted after a command that asks would be its answer"
        raise Failed(msg)
    if "move --to" in block.text:
        reader.stop_all()
    return reader.follow(block, url, *asked)
