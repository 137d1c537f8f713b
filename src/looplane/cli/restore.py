"""`looplane restore`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from looplane.backups.keys import is_told
from looplane.backups.restoring import read_backup, restore_backup
from looplane.cli.backup import contents
from looplane.cli.database import finish_copy, on_connection
from looplane.cli.options import AsJson
from looplane.cli.output import card, note, say
from looplane.kit.config import read_settings
from looplane.kit.database import Connection
from looplane.kit.embedded_pg.data_dir import explain_data_dir
from looplane.runtime import database

_File = Annotated[Path, typer.Argument(help="What `looplane backup` made.", exists=True)]


_WithoutKey = Annotated[
    bool,
    typer.Option(
        "--without-secret-key",
        help="Restore where its key is lost: what was sealed with it is to be set anew.",
    ),
]


def restore(
    file: _File, *, without_secret_key: _WithoutKey = False, as_json: AsJson = False
) -> None:
    """Put a backup into an empty database and data directory, and prove that all of it is there."""
    settings = read_settings()

    async def work(con: Connection) -> None:
        await restore_backup(con, settings, backup, finish_copy)

    # Before a database is made for it.
    backup = read_backup(settings, file, with_key=not without_secret_key)
    with database(settings, creates=True) as dsn:
        asyncio.run(on_connection(dsn, settings, work))
    manifest = backup.manifest
    if not is_told(manifest):
        note(
            "The backup does not say which key it needs: look whether mailboxes go on, and set"
            " LOOPLANE_SECRET_KEY, or secret.key, to the one that it was made with.",
            "yellow",
        )
    where = (
        "LOOPLANE_DATABASE_URL" if settings.database_url else explain_data_dir(settings.data_dir)
    )
    facts = {"into": where, "backup of": manifest["made_at"], **contents(manifest)}
    last = "Every table has the rows of the backup, by count and by hash."
    say({"manifest": manifest}, card("Restored.", facts, last), as_json=as_json)
