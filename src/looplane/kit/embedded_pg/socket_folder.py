"""The 0700 folder of the server's socket, the only way to reach it."""

import os
import stat
import tempfile
from pathlib import Path

from looplane.kit.embedded_pg.account import Account
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.place import Place

PORT = 5432
LONGEST_ADDRESS = 107  # bytes, of a socket's path on Linux


def socket_path(folder: Path) -> Path:
    return folder / f".s.PGSQL.{PORT}"


def socket_folder(place: Place) -> Path:
    """Where it is; for a data folder with too long a path, where its link `socket` leads."""
    return place.socket.readlink() if place.socket.is_symlink() else place.socket


def choose_socket_folder(place: Place) -> Path:
    """In the data folder, or elsewhere when its path is too long for a socket."""
    if not _fits(place.socket):
        _link_elsewhere(place)
    return socket_folder(place)


def make_socket_folder(folder: Path, account: Account) -> None:
    """Make it where it is missing. Raises EmbeddedError when someone else holds its name."""
    folder.mkdir(0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {os.geteuid(), account.uid}:
        message = f"{folder} belongs to another user, and is for PostgreSQL's socket: remove it."
        raise EmbeddedError(message)
    folder.chmod(0o700)
    os.chown(folder, account.uid, account.gid)


def _fits(folder: Path) -> bool:
    address = os.fsencode(socket_path(folder))
    return len(address) <= LONGEST_ADDRESS and b"," not in address  # a comma parts hosts in a DSN


def _link_elsewhere(place: Place) -> None:
    if socket_folder(place).name == place.name:
        return  # recorded before, perhaps by a process with another TMPDIR
    if place.socket.is_symlink():
        place.socket.unlink()  # came along with a copy of another data folder
    elif place.socket.exists():
        place.socket.rmdir()
    place.socket.symlink_to(Path(tempfile.gettempdir()) / place.name)
