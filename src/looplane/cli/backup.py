"""`looplane backup`."""

import asyncio
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from looplane.backups.keys import INCLUDED, LEFT_OUT, NONE, OF_SETTINGS
from looplane.backups.making import Origin, make_backup, named_now
from looplane.backups.schedule import made_in_turn
from looplane.cli.database import on_connection
from looplane.cli.options import AsJson
from looplane.cli.output import card, note, say
from looplane.kit.config import Settings, read_settings
from looplane.kit.database import Connection
from looplane.runtime import database

_Place = Annotated[
    Path | None,
    typer.Argument(
        help="The file to make, or a folder; without it LOOPLANE_BACKUP_DIR.", metavar="PLACE"
    ),
]
_WithoutKey = Annotated[
    bool,
    typer.Option(
        "--without-secret-key",
        help="Leave out secret.key, which opens what is sealed; keep it elsewhere.",
    ),
]
_Due = Annotated[
    bool, typer.Option("--due", help="Only if LOOPLANE_BACKUP_HOURS have passed; for the worker.")
]


def backup(
    place: _Place = None,
    *,
    without_secret_key: _WithoutKey = False,
    due: _Due = False,
    as_json: AsJson = False,
) -> None:
    """Back up everything into one file, while Looplane runs or while it does not."""
    settings = read_settings()
    if place is not None:
        _tell(*_make(settings, named_now(place), with_key=not without_secret_key), as_json=as_json)
        return
    if settings.backup_dir is None:
        msg = "Say where to, as in `looplane backup looplane.tar`, or set LOOPLANE_BACKUP_DIR."
        raise typer.BadParameter(msg)
    hours = settings.backup_hours if due else 0
    with made_in_turn(settings.backup_dir, hours, settings.backups_kept) as path:
        if path is None:
            note("No backup is due, or another process is making it.")
            return
        made = _make(settings, path, with_key=not without_secret_key)
    _tell(*made, as_json=as_json)


def _make(settings: Settings, path: Path, *, with_key: bool) -> tuple[Path, Mapping[str, Any]]:
    with database(settings) as dsn:

        async def work(con: Connection) -> Mapping[str, Any]:
            return await make_backup(con, Origin(dsn, settings, with_key), path)

        return path, asyncio.run(on_connection(dsn, settings, work))


def _tell(path: Path, manifest: Mapping[str, Any], *, as_json: bool) -> None:
    size = path.stat().st_size
    facts = {"size": f"{size:,} bytes", **contents(manifest)}
    last = f"To put it back: looplane restore {shlex.quote(str(path))}"
    document = {"file": str(path), "bytes": size, "manifest": manifest}
    say(document, card(f"The backup is in {path}", facts, last), as_json=as_json)
    if missing := manifest["files"].get("missing"):
        note(
            f"Files that the database names and that are gone: {missing:,}. Is their disk mounted?"
        )


def contents(manifest: Mapping[str, Any]) -> dict[str, str]:
    """What a backup has in it, for a person."""
    rows = sum(table["rows"] for table in manifest["tables"].values())
    files, key = manifest["files"], manifest["secret_key"]
    out = files.get("left_out")
    keys = {
        INCLUDED: "in it: keep the backup where nobody else reads it",
        LEFT_OUT: "not in it: keep secret.key elsewhere",
        OF_SETTINGS: "not in it: keep LOOPLANE_SECRET_KEY elsewhere",
        NONE: "there is none yet",
    }
    return {
        "rows": f"{rows:,} in {len(manifest['tables'])} tables",
        "files": f"not in it, but in {out}" if out else f"{files['count']:,}",
        "secret key": keys.get(key, key),
    }
