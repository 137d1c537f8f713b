"""Errors that were to be expected, in a line that says what to do."""

from contextlib import suppress
from pathlib import Path

import asyncpg

from looplane.backups.errors import BackupError
from looplane.errors import ApiProcessError, PortTakenError
from looplane.kit.config import ConfigError
from looplane.kit.database import is_unreachable
from looplane.kit.embedded_pg.errors import FULL, EmbeddedError
from looplane.kit.errors import ApiError
from looplane.kit.migrations import MigrationError
from looplane.kit.pooler import PoolerError

_EXPECTED = (
    ApiProcessError,
    BackupError,
    ConfigError,
    EmbeddedError,
    MigrationError,
    PoolerError,
    PortTakenError,
)
_REFUSED = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ReadOnlySQLTransactionError,
)
# It was there a moment ago.
_STOPPED = (
    asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.CrashShutdownError,
)


def explain(error: Exception) -> str | None:
    """What to tell of `error`; None when it is a mistake of ours."""
    if isinstance(error, ApiError):
        return "; ".join(error.issues) or error.message
    if isinstance(error, _EXPECTED):
        return str(error)
    if isinstance(error, FileNotFoundError) and not _is_somewhere():
        return "The folder that this runs in is gone: `cd` into another one."
    if isinstance(error, OSError) and error.errno in FULL:
        return f"{error.filename or 'Where this writes'}: {error.strerror}; free some there."
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    return _explain_database(error)


def _is_somewhere() -> bool:
    with suppress(FileNotFoundError):
        return bool(Path.cwd())
    return False


def _explain_database(error: Exception) -> str | None:
    if isinstance(error, _REFUSED):
        return f"The database refuses: {error}; see LOOPLANE_DATABASE_URL, and the role's rights."
    if isinstance(error, asyncpg.DiskFullError):
        return f"The disk of the database is full: free some space there ({error})."
    if isinstance(error, asyncpg.LockNotAvailableError):
        return "Another write holds what this one needs; try again."
    if isinstance(error, _STOPPED):
        return (
            f"The database has stopped ({error}), perhaps with the command that had started it:"
            " run this again."
        )
    if is_unreachable(error):
        reason = str(error) or type(error).__name__
        return f"The database cannot be reached: {reason}; start it, or see LOOPLANE_DATABASE_URL."
    return None
