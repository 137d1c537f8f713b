"""`looplane --version`."""

from importlib.metadata import PackageNotFoundError, version

import typer

from looplane.cli.output import card, say
from looplane.kit.config import ConfigError, read_settings
from looplane.kit.embedded_pg.binaries import find_binaries, version_of
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.tables import MIGRATIONS


def tell(asked: bool) -> None:  # as an option calls it
    """Says which version this is, if asked, and ends the command. Looks at no database."""
    if not asked:
        return
    facts = {"newest migration": _newest(), "PostgreSQL": _postgres()}
    say(None, card(f"Looplane {_version()}", facts), as_json=False)
    raise typer.Exit


def _version() -> str:
    try:
        return version("looplane")
    except PackageNotFoundError:
        return "(not installed)"


def _newest() -> str:
    return max(MIGRATIONS.files)


def _postgres() -> str:
    try:
        settings = read_settings()
        if settings.database_url is not None:
            return "at LOOPLANE_DATABASE_URL; `looplane doctor` asks it"
        folder = find_binaries(settings.pg_bin)
        return f"{version_of(folder / 'postgres')}, of {folder}"
    except (ConfigError, EmbeddedError) as error:
        return str(error)
