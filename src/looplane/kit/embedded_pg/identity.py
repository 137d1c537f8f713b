"""Which cluster a process belongs to: a path does not say, for containers have the same ones."""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from looplane.kit.embedded_pg.files import sync_folder


def cluster_name(cluster: Path) -> str | None:
    """What each process of this cluster has in its title, and no process of another one.

    None for a cluster that has no id yet. A copy of the folder has the id of the original, but not
    its place on the disk.
    """
    known = _read_id(cluster)
    if known is None:
        return None
    status = cluster.stat()
    identity = f"{known} {status.st_dev} {status.st_ino}"
    return "looplane-" + hashlib.sha256(identity.encode()).hexdigest()[:16]


def identify(cluster: Path) -> str:
    """Its name, with an id made where there is none. Only for the holder of the lock."""
    if (name := cluster_name(cluster)) is None:
        _write_id(cluster)
        name = cluster_name(cluster)
    assert name is not None
    return name


@contextmanager
def opened_id(cluster: Path) -> Iterator[int]:
    """The descriptor of the file with the id, to be locked and handed to the server."""
    descriptor = os.open(_id_file(cluster), os.O_RDWR)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def nobody_holds(descriptor: int) -> bool:
    """Whether no process of the cluster is left; if so, what inherits `descriptor` counts as one.

    True of every process on this machine, also of those in a container that we cannot see.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _id_file(cluster: Path) -> Path:
    return cluster / "looplane.id"


def _read_id(cluster: Path) -> str | None:
    with suppress(FileNotFoundError):
        text = _id_file(cluster).read_text(encoding="ascii", errors="replace")
        return text if re.fullmatch("[0-9a-f]{32}", text) else None
    return None


def _write_id(cluster: Path) -> None:
    new = cluster / "looplane.id.new"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(16))
        file.flush()
        os.fsync(file.fileno())
    new.rename(_id_file(cluster))
    sync_folder(cluster)
