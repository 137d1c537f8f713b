"""Which of the machine's programs of PostgreSQL fits a database."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from looplane.kit.embedded_pg.binaries import from_system, from_wheel
from looplane.kit.libpq import parameters_of

_ALWAYS_TLS = {"require", "verify-ca", "verify-full"}


def find_program(name: str, pg_bin: Path | None, dsn: str = "", at_least: int = 0) -> str | None:
    """The path of `name`, of this major version or a newer one; None where there is none.

    In `pg_bin`, of the embedded server, in the PATH, or where systems keep them. The embedded ones
    speak no TLS: where `dsn` asks for it they are none, where it may be spoken they come last.
    """
    for folder in _folders(pg_bin, dsn):
        path = shutil.which(name, path=str(folder))
        if path and (not at_least or version_of(path) >= at_least):
            return path
    return None


def version_of(path: str) -> int:
    """The major version of a program, such as 18; 0 where it does not say."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, check=False)  # noqa: S603
    except OSError:
        return 0
    found = re.search(rb"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found[1]) if found else 0


def _folders(pg_bin: Path | None, dsn: str) -> Iterator[Path]:
    given = [pg_bin] if pg_bin else []
    path = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each]
    yield from (*given, *_ordered(from_wheel(), [*path, *from_system()], dsn))


def _ordered(embedded: Sequence[Path], others: Sequence[Path], dsn: str) -> Sequence[Path]:
    parameters = parameters_of(dsn)
    mode = parameters.get("sslmode", "prefer")
    if mode in _ALWAYS_TLS:
        return others
    is_remote = parameters.get("host", "/")[0] not in "/@"
    if is_remote and mode != "disable":
        return [*others, *embedded]
    return [*embedded, *others]
