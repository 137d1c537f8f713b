"""`looplane move`."""

import asyncio
import re
import shlex
import sys
from dataclasses import replace
from typing import Annotated

import typer

from looplane.backups.fingerprints import to_document
from looplane.backups.moving import Moved, Source, move_database
from looplane.cli.database import finish_copy
from looplane.cli.options import AsJson
from looplane.cli.output import card, say
from looplane.kit.config import Settings, read_settings
from looplane.runtime import database, open_connection

_To = Annotated[
    str,
    typer.Option(
        help="The empty database, as LOOPLANE_DATABASE_URL would name it; - asks for it, so that"
        " its password is in no list of processes.",
        metavar="URL",
    ),
]


def move(*, to: _To, as_json: AsJson = False) -> None:
    """Copy the database to another PostgreSQL, prove the copy, and close the old one."""
    settings = read_settings()
    address = _asked() if to == "-" else to
    if not address.startswith(("postgres://", "postgresql://")):
        msg = "The address must start with postgresql://"
        raise typer.BadParameter(msg)
    with database(settings) as dsn:
        moved = asyncio.run(_move(settings, dsn, address))
    last = f"export LOOPLANE_DATABASE_URL={shlex.quote(without_password(address))}"
    text = card(
        "Moved. Set this before you start again, with the password:", _facts(settings, moved), last
    )
    say({"tables": to_document(moved.tables), "closed": moved.is_closed}, text, as_json=as_json)


async def _move(settings: Settings, dsn: str, address: str) -> Moved:
    there = replace(settings, database_url=address, database_pooling="auto")
    async with (
        open_connection(dsn, settings) as source,
        open_connection(address, there) as target,
    ):
        return await move_database(Source(source, dsn, settings.pg_bin), target, finish_copy)


def _asked() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("The address of the empty database", hide_input=True)).strip()
    return sys.stdin.readline().strip()


def without_password(address: str) -> str:
    """An address that may be shown."""
    shown = re.sub(r"(://[^:/@?]*):[^/?]*@", r"\1:PASSWORD@", address)
    return re.sub(r"([?&](?:ssl)?password=)[^&]*", r"\1PASSWORD", shown)


def _facts(settings: Settings, moved: Moved) -> dict[str, str]:
    rows = sum(each.rows for each in moved.tables.values())
    files = settings.data_dir / "files"
    stay = settings.files_s3_bucket or f"stay in {files}, and secret.key beside them"
    return {
        "rows": f"{rows:,} in {len(moved.tables)} tables, the same by count and by hash",
        "files": stay,
        "old database": (
            "can only be read from now on; what starts on it says how to open it again"
            if moved.is_closed
            else "is not our role's own, so it could not be closed: see that nothing starts on it"
        ),
    }
