"""`looplane pg …`."""

import os
import shutil
import subprocess
from typing import Annotated
from urllib.parse import parse_qs, unquote, urlsplit

import typer

from looplane.cli.output import fail
from looplane.kit.config import Settings, read_settings
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.runtime import database

Program = Annotated[str, typer.Argument(help="psql, pg_dump, pg_restore, …", metavar="PROGRAM")]
Words = Annotated[list[str] | None, typer.Argument(help="What to pass on to it.", metavar="ARGS")]


def pg(program: Program, words: Words = None) -> None:
    """Run a program of PostgreSQL on our database: looplane pg pg_dump --file=backup.sql."""
    settings = read_settings()
    path = _find(settings, program)
    if path is None:
        fail(f"There is no {program} among PostgreSQL's programs here; set LOOPLANE_PG_BIN.")
        raise typer.Exit(1)
    with database(settings) as dsn:
        done = subprocess.run([path, *(words or ())], env={**os.environ, **_environment(dsn)})  # noqa: S603, PLW1510  # the operator's own words and exit code
    raise typer.Exit(done.returncode)


def _find(settings: Settings, program: str) -> str | None:
    if settings.database_url is not None and (found := shutil.which(program)):
        return found
    return shutil.which(program, path=str(find_binaries(settings.pg_bin)))


def _environment(dsn: str) -> dict[str, str]:
    """What libpq reads, of a DSN; so that no password stands in a list of processes."""
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    values = {
        "PGHOST": parts.hostname or query.get("host", [None])[0],
        "PGPORT": str(parts.port) if parts.port else query.get("port", [None])[0],
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.path.lstrip("/"),
        "PGSSLMODE": query.get("sslmode", [None])[0],
    }
    return {name: unquote(value) for name, value in values.items() if value}
