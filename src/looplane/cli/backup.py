"""`looplane backup`."""

import asyncio
import shlex
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from looplane.backups.keys import INCLUDED, LEFT_OUT, NONE, OF_SETTINGS
from looplane.backups.making import Origin, make_backup, named_now
from looplane.backups.schedule import find_shelf, made_in_turn
from looplane.cli.database import on_connection
from looplane.cli.options import AsJson
from looplane.cli.output import card, note, say
from looplane.kit.config import read_settings
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
    folder = settings.backup_dir
    if place is not None:
        with database(settings) as dsn:
            made = _make(Origin(dsn, settings, not without_secret_key), named_now(place))
        _tell(*made, as_json=as_json)
        return
    if folder is None:
        msg = "Say where to, as in `looplane backup looplane.tar`, or set LOOPLANE_BACKUP_DIR."
        raise typer.BadParameter(msg)
    hours = settings.backup_hours if due else 0
    with database(settings) as dsn:
        shelf = asyncio.run(
            on_connection(dsn, settings, lambda con: find_shelf(con, settings, folder))
        )
        with made_in_turn(shelf, hours, settings.backups_kept) as path:
            if path is None:
                note("No backup is due, or another process is making it.")
                return
            made = _make(Origin(dsn, settings, not without_secret_key), path)
    _tell(*made, as_json=as_json)


def _make(origin: Origin, path: Path) -> tuple[Path, Mapping[str, Any]]:
    work = partial(make_backup, origin=origin, path=path)
    return path, asyncio.run(on_connection(origin.dsn, origin.settings, work))


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
