"""Which user PostgreSQL runs as: it refuses to be root."""

import logging
import os
import pwd
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.place import Place
from looplane.kit.embedded_pg.system_account import system_account

logger = logging.getLogger("looplane.postgres")


@dataclass(frozen=True, slots=True)
class Account:
    """A user, and the first folder on the way to its files that is closed to it, or its program."""

    uid: int
    gid: int
    closed: Path | None = None


def server_account(place: Place, socket: Path) -> Account:
    """Ourselves; for root, the owner of the cluster or a system account."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    uid, gid = _owner(place.cluster) or _of_the_system()
    closed = _closed_folder(uid, gid, place.data_dir, place.bin_dir, socket.parent)
    # As its libraries are then, which came with it.
    program = place.bin_dir / "postgres"
    if closed is None and not _may(program.stat(), uid, gid, stat.S_IROTH | stat.S_IXOTH):
        closed = program
    return Account(uid, gid, closed)


def check_has_name(account: Account) -> None:
    """Raises EmbeddedError for a user id that initdb would refuse."""
    try:
        pwd.getpwuid(account.uid)
    except KeyError:
        message = (
            f"User id {account.uid} has no line in /etc/passwd, which PostgreSQL's initdb asks for:"
            " add one, or run as a user that has one, or set LOOPLANE_DATABASE_URL."
        )
        raise EmbeddedError(message) from None


def _owner(cluster: Path) -> tuple[int, int] | None:
    if not cluster.exists():
        return None
    status = cluster.stat()
    if status.st_uid == _uid_of("nobody"):
        logger.warning(
            "PostgreSQL runs as nobody, who owns %s, as do perhaps other programs: once nothing"
            " runs on it, `chown -R` it and the folder socket beside it to an account of its own",
            cluster,
        )
    return (status.st_uid, status.st_gid) if status.st_uid else None


def _uid_of(name: str) -> int | None:
    with suppress(KeyError):
        return pwd.getpwnam(name).pw_uid
    return None


def _of_the_system() -> tuple[int, int]:
    entry = system_account()
    return entry.pw_uid, entry.pw_gid


def _closed_folder(uid: int, gid: int, *ends: Path) -> Path | None:
    for end in ends:
        for folder in (*reversed(end.parents), end):
            if not _may(folder.stat(), uid, gid, stat.S_IXOTH):
                return folder
    return None


def _may(status: os.stat_result, uid: int, gid: int, wanted: int) -> bool:
    """Whether that account may do what `wanted` says of others."""
    if status.st_uid == uid:
        wanted <<= 6
    elif status.st_gid == gid:
        wanted <<= 3
    return status.st_mode & wanted == wanted
