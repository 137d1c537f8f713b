"""The 0700 folder of the server's socket, the only way to reach it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from looplane.kit.embedded_pg.account import Account
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.place import Place

PORT = 5432
MAX_SOCKET_PATH = 107  # bytes, of a socket's path on Linux


def socket_path(folder: Path) -> Path:
    return folder / f".s.PGSQL.{PORT}"


def socket_folder(place: Place) -> Path:
    """Where it is; for a data folder with too long a path, where its link `socket` leads."""
    return place.socket.readlink() if place.socket.is_symlink() else place.socket


def leads_to(dsn: str, data_dir: Path) -> bool:
    """Whether `dsn` is that of the embedded server in `data_dir`."""
    ours = str(socket_folder(Place(data_dir.resolve(), data_dir)))
    return parse_qs(urlsplit(dsn).query).get("host") == [ours]


def choose_socket_folder(place: Place) -> Path:
    """In the data folder, or elsewhere when its path is too long for a socket."""
    if not _fits(place.socket):
        _link_elsewhere(place)
    return socket_folder(place)


def make_socket_folder(folder: Path, account: Account) -> None:
    """Make it where it is missing. Raises EmbeddedError when someone else holds its name."""
    with suppress(FileExistsError):
        folder.mkdir(0o700)
    with _opened(folder) as descriptor:
        if os.fstat(descriptor).st_uid not in {os.geteuid(), account.uid}:
            raise _taken(folder)
        os.fchmod(descriptor, 0o700)
        os.fchown(descriptor, account.uid, account.gid)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Itself, not what a link of that name leads to: rights are about to be changed."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except (NotADirectoryError, PermissionError) as error:
        raise _taken(folder) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _taken(folder: Path) -> EmbeddedError:
    return EmbeddedError(
        f"{folder} is for PostgreSQL's socket, and another user has it: remove it."
    )


def _fits(folder: Path) -> bool:
    address = os.fsencode(socket_path(folder))
    return len(address) <= MAX_SOCKET_PATH and b"," not in address  # a comma parts hosts in a DSN


def _link_elsewhere(place: Place) -> None:
    if socket_folder(place).name == place.socket_name:
        return  # recorded before, perhaps by a process with another TMPDIR
    if place.socket.is_symlink():
        place.socket.unlink()  # came along with a copy of another data folder
    elif place.socket.exists():
        shutil.rmtree(place.socket)
    place.socket.symlink_to(Path(tempfile.gettempdir()) / place.socket_name)
