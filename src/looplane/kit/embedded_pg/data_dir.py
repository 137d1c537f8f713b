"""Which folder holds the data, wherever a command runs: one rule, in docs/operating.md."""

import logging
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from looplane.kit.embedded_pg.errors import EmbeddedError, explained

logger = logging.getLogger("looplane.postgres")

_SOURCES = Path(__file__).resolve().parents[3]  # "src" in a checkout
# What earlier versions used, in the folder where they were started.
_EARLIER = Path("data")
# Only a cluster of ours has it.
_CLUSTER = Path("postgres")
_MARK = _CLUSTER / "looplane.password"


def default_data_dir(env: Mapping[str, str] = os.environ) -> Path:
    """Where the data is unless LOOPLANE_DATA_DIR says it. Raises RuntimeError without a home."""
    if _is_checkout():
        return _SOURCES.parent / "data"
    shared = Path(env.get("XDG_DATA_HOME", ""))
    # Its specification has us ignore one that is relative.
    return (shared if shared.is_absolute() else Path.home() / ".local/share") / "looplane"


def explain_data_dir(chosen: Path) -> str:
    """The folder and why it is that one, as in "/srv/data (LOOPLANE_DATA_DIR)"."""
    if not _is_default(chosen):
        return f"{chosen} (LOOPLANE_DATA_DIR)"
    return f"{chosen} (of this checkout)" if _is_checkout() else f"{chosen} (the default)"


def forgotten_data(chosen: Path) -> str | None:
    """What to say of a database that an earlier version left in the working folder.

    Nothing of a folder chosen by LOOPLANE_DATA_DIR, which is nobody's oversight.
    """
    earlier = _EARLIER.absolute()
    if not _is_default(chosen) or not _has_cluster(earlier) or _is_same(chosen, earlier):
        return None
    return (
        f"there is a database in {earlier}, where an earlier version kept it:"
        f" set LOOPLANE_DATA_DIR={shlex.quote(str(earlier))} to use it"
    )


def warn_of_forgotten_data(chosen: Path) -> None:
    """Tells the log of it. Raises EmbeddedError instead of beginning an empty one beside it."""
    message = forgotten_data(chosen)
    if message is None:
        return
    if _has_cluster(chosen):
        logger.warning("The data is in %s, and %s", chosen, message)
        return
    message = (
        f"There is no database in {chosen}, and {message}, or move it to where it belongs by now,"
        " while nothing runs on it."
    )
    raise EmbeddedError(message)


def has_database(chosen: Path) -> bool:
    """Whether there is a whole database in a folder. Raises EmbeddedError for a closed one."""
    with explained(chosen):
        try:
            (chosen / _CLUSTER).stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
    return True


def no_database(chosen: Path) -> EmbeddedError:
    """What to say where there is none, and none is to be made."""
    return EmbeddedError(
        f"There is no database in {explain_data_dir(chosen)}. If it is elsewhere, set"
        " LOOPLANE_DATA_DIR or LOOPLANE_DATABASE_URL; `looplane serve` makes a new one."
    )


def _has_cluster(data_dir: Path) -> bool:
    return os.access(data_dir / _MARK, os.F_OK)


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and one.samefile(other)


def _is_default(chosen: Path) -> bool:
    try:
        return chosen.resolve() == default_data_dir().resolve()
    except RuntimeError:
        return False


def _is_checkout() -> bool:
    return _SOURCES.name == "src" and (_SOURCES.parent / "pyproject.toml").exists()
