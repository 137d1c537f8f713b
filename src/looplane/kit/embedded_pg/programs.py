"""Which of the machine's programs of PostgreSQL fits a database."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from looplane.kit.embedded_pg.binaries import from_system, from_wheel, version_of
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.libpq import parameters_of

_ALWAYS_TLS = {"require", "verify-ca", "verify-full"}


def find_program(name: str, pg_bin: Path | None, dsn: str = "", at_least: int = 0) -> str | None:
    """The path of `name`, of this major version or a newer one; None where there is none.

    In `pg_bin`, of the embedded server, in the PATH, or where systems keep them. The embedded ones
    speak no TLS: where `dsn` asks for it they are none, where it may be spoken they come last.
    """
    for folder in _folders(pg_bin, dsn):
        path = shutil.which(name, path=str(folder))
        if path and (not at_least or _is_new_enough(path, at_least)):
            return path
    return None


def _is_new_enough(path: str, at_least: int) -> bool:
    with suppress(EmbeddedError):
        return version_of(path) >= at_least
    return False


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
