"""`looplane pg …`."""

import asyncio
import subprocess
from typing import Annotated

import typer

from looplane.cli.database import on_connection
from looplane.cli.output import fail
from looplane.kit.config import Settings, read_settings
from looplane.kit.database import Connection
from looplane.kit.embedded_pg.programs import find_program
from looplane.kit.libpq import libpq_environment
from looplane.runtime import database

Program = Annotated[str, typer.Argument(help="psql, pg_dump, pg_restore, …", metavar="PROGRAM")]
Words = Annotated[list[str] | None, typer.Argument(help="What to pass on to it.", metavar="ARGS")]
# It refuses servers newer than itself; the others are older or newer as one likes.
_PICKY = "pg_dump"


def pg(program: Program, words: Words = None) -> None:
    """Run a program of PostgreSQL on our database: looplane pg pg_dump --file=backup.sql."""
    settings = read_settings()
    with database(settings) as dsn:
        path = _find(settings, program, dsn)
        with libpq_environment(dsn) as environment:
            done = subprocess.run([path, *(words or ())], env=environment)  # noqa: S603, PLW1510  # the operator's own words and exit code
    raise typer.Exit(done.returncode)


def _find(settings: Settings, program: str, dsn: str) -> str:
    async def version(con: Connection) -> int:
        return con.get_server_version().major

    major = asyncio.run(on_connection(dsn, settings, version)) if program == _PICKY else 0
    path = find_program(program, settings.pg_bin, dsn, major)
    if path is None:
        fitting = f" of version {major} or newer" if major else ""
        fail(f"There is no {program}{fitting} among PostgreSQL's programs; set LOOPLANE_PG_BIN.")
        raise typer.Exit(1)
    return path
