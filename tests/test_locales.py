"""Whatever language the machine is set to, files and rows are read as they were written."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from looplane.kit.database import connected
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.kit.migrate import check, migrate
from looplane.kit.migrations import Migration, MigrationError
from looplane.tables import MIGRATIONS
from tests.databases import empty_database
from tests.embedded_pg.running import ask
from tests.processes import Folder, folder
from tests.test_house import TREES

NAME = "Größe „XL“ 漢字"
_TEXT = {"read_text", "write_text", "fdopen", "open", "run", "Popen", "check_output"}


def _word(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_text(node: ast.Call) -> bool:
    """Whether it reads or writes text in the encoding of the locale, unless told another one."""
    word, named = _word(node), {each.arg for each in node.keywords}
    if word in {"read_text", "write_text"}:
        return True
    if word in {"run", "Popen", "check_output"}:
        return bool(named & {"text", "universal_newlines"})
    if word == "fdopen" or isinstance(node.func, ast.Name):
        return not any(isinstance(a, ast.Constant) and "b" in str(a.value) for a in node.args[1:])
    modes = [a.value for a in node.args[:1] if isinstance(a, ast.Constant)]
    return any(isinstance(mode, str) and mode in {"r", "w", "a", "x", "r+"} for mode in modes)


def test_no_text_is_read_or_written_by_the_locale() -> None:
    calls = [
        (path, node)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _word(node) in _TEXT and _is_text(node)
    ]
    assert len(calls) > 10
    for path, node in calls:
        assert "encoding" in {each.arg for each in node.keywords}, f"{path}:{node.lineno}"


async def test_what_the_first_release_applied_elsewhere_is_known(dsn: str) -> None:
    name, file = next(iter(MIGRATIONS.files.items()))
    as_read = Migration(name, file.text.encode().decode("latin-1"))
    assert as_read.digest != file.digest
    async with empty_database(dsn) as url, connected(url) as con:
        await migrate(con, MIGRATIONS)
        set_digest = "update migrations set digest = $2 where name = $1"
        await con.execute(set_digest, name, as_read.digest)
        assert not (await check(con, MIGRATIONS)).outstanding
        await con.execute(set_digest, name, Migration(name, as_read.text + " ").digest)
        with pytest.raises(MigrationError, match="was changed"):
            await check(con, MIGRATIONS)


@pytest.fixture
def latin(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that is set to ISO-8859-1."""
    made = tmp_path / "de_DE.ISO-8859-1"
    command = ["localedef", "-i", "de_DE", "-f", "ISO-8859-1", str(made)]
    try:
        subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs localedef")
    if not made.exists():
        pytest.skip("needs the sources of locales")
    names = {"LC_ALL": made.name, "LANG": made.name, "LOCPATH": str(tmp_path)}
    return {**names, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def place() -> Iterator[Folder]:
    with folder() as opened:
        yield opened


def looplane(place: Folder, env: dict[str, str], *words: str) -> bytes:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    sources = {"PYTHONPATH": os.pathsep.join(sys.path), "LOOPLANE_DATA_DIR": str(place.data_dir)}
    done = subprocess.run(
        [sys.executable, "-m", "looplane.cli", *words],
        env={**inherited, **sources, **env},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


@pytest.mark.processes
def test_a_database_goes_from_one_locale_to_another(place: Folder, latin: dict[str, str]) -> None:
    utf8 = {"LC_ALL": "C.UTF-8"}
    assert json.loads(looplane(place, latin, "migrate", "--json"))["applied"]
    server = EmbeddedPostgres(place.data_dir, find_binaries(None))
    dsn = server.start()  # the commands below are its guests, so that each is a short one
    try:
        assert ask(dsn, "select current_setting('server_encoding')") == "UTF8"
        looplane(place, utf8, "workspace", "create", NAME)
        # It has no Chinese: the list is there all the same, and as JSON it is whole.
        assert "Größe".encode("latin-1") in looplane(place, latin, "workspace", "list")
        [found] = json.loads(looplane(place, latin, "workspace", "list", "--json"))["data"]
    finally:
        server.stop()
    assert found["name"] == NAME
