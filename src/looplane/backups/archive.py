"""The file of a backup: a tar whose last member is a digest over all that is before it."""

import fcntl
import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from looplane.backups.errors import BackupError
from looplane.kit.embedded_pg.files import sync_folder

DUMP, KEY, MANIFEST, FILES = "database.dump", "secret.key", "manifest.json", "files/"
PART = ".part"
_DIGEST = "sha256"
_CHUNK = 262_144  # bytes
_MODE = 0o600
_MAX_MANIFEST = 100_000_000  # bytes
_MAX_DIGEST = 100


class ArchiveWriter:
    """Writes the members one after the other, each as it comes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def add(self, name: str, source: IO[bytes]) -> int:
        """All of `source`; how many bytes. Its length is written where its beginning is."""
        start = self._file.tell()
        self._file.write(_header(name, 0))
        size = 0
        while chunk := source.read(_CHUNK):
            self._put(chunk)
            size += len(chunk)
        self._file.write(bytes(-size % tarfile.BLOCKSIZE))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(_header(name, size))
        self._file.seek(end)
        _note(self._digest, name, size)
        return size

    def finish(self, manifest: Mapping[str, object]) -> None:
        """The manifest and the digest; nothing may follow."""
        self._add_bytes(MANIFEST, json.dumps(manifest, indent=2).encode())
        self._add_bytes(_DIGEST, self._digest.hexdigest().encode())
        self._file.write(bytes(2 * tarfile.BLOCKSIZE))

    def _add_bytes(self, name: str, content: bytes) -> None:
        self._file.write(_header(name, len(content)))
        self._put(content)
        self._file.write(bytes(-len(content) % tarfile.BLOCKSIZE))
        _note(self._digest, name, len(content))

    def _put(self, content: bytes) -> None:
        self._digest.update(content)
        self._file.write(content)


def _note(digest: Any, name: str, size: int) -> None:  # noqa: ANN401 - hashlib names no type
    digest.update(f"{name}\0{size}\n".encode())


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, _MODE
    return member.tobuf(tarfile.GNU_FORMAT)


@contextmanager
def opened_members(path: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The members by name, each to be read before the next one is asked for.

    Raises BackupError where it is no tar that is whole.
    """
    try:
        with tarfile.open(path, "r:") as tar:
            yield _members(tar)
    except (tarfile.TarError, EOFError) as error:
        msg = f"{path} is damaged, or is no backup: {error}. Take another one."
        raise BackupError(msg) from error


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    while member := tar.next():
        content = tar.extractfile(member)
        if content is None or not _is_fit(member.name):
            msg = f"{member.name!r} has no place in a backup"
            raise tarfile.ReadError(msg)
        with content:
            yield member.name, content
        tar.members = []  # type: ignore[attr-defined]  # it would remember all of them


def _is_fit(name: str) -> bool:
    """Whether it is one of ours, so that nothing is ever written beside its folder."""
    parts = PurePosixPath(name).parts
    is_file = name.startswith(FILES) and len(parts) > 1 and ".." not in parts
    return name in {DUMP, KEY, MANIFEST, _DIGEST} or (is_file and not re.search(r"[\\\0]", name))


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest, after all of the file was read and is as it was written.

    Raises BackupError where it is not.
    """
    digest, manifest, found = hashlib.sha256(), b"", ""
    with opened_members(path) as members:
        for name, content in members:
            if found:
                break
            if name == _DIGEST:
                found = content.read(_MAX_DIGEST).decode(errors="replace")
                continue
            if name == MANIFEST:
                manifest = content.read(_MAX_MANIFEST)
                digest.update(manifest)
                size = len(manifest)
            else:
                size = _read_through(content, digest)
            _note(digest, name, size)
    if found != digest.hexdigest():
        what = "was changed after it was written" if found else "is not whole"
        msg = f"{path} {what}, so nothing is taken from it. Take another backup."
        raise BackupError(msg)
    document: dict[str, Any] = json.loads(manifest)
    return document


def _read_through(content: IO[bytes], digest: Any) -> int:  # noqa: ANN401 - hashlib names no type
    size = 0
    while chunk := content.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file for us alone that has its name once it is whole and on the disk, and not before.

    Raises BackupError where it is there, or somebody else is making it.
    """
    part = path.with_name(path.name + PART)
    _refuse_present(path)
    try:
        with _held(part) as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                part.rename(path)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:  # perhaps once more as it is closed, of what could not be written
        if error.filename is not None:
            raise
        msg = f"{path} cannot be written ({error.strerror}), and there is no backup."
        raise BackupError(msg) from error
    sync_folder(path.parent)


def _refuse_present(path: Path) -> None:
    if path.exists():
        msg = f"{path} is already there; give another name, or a folder."
        raise BackupError(msg)


@contextmanager
def _held(part: Path) -> Iterator[BinaryIO]:
    """A file that is being made: what a killed process left is overwritten, others are refused."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(part, flags, _MODE), "r+b") as file:  # noqa: PTH123 - by its number
        # Taken from one who ended just now, it has the name of a backup, or none.
        if not take(file.fileno()) or not _is_named(file.fileno(), part):
            msg = f"Another process is making {path_of(part)}; wait for it."
            raise BackupError(msg)
        if path_of(part).exists():
            part.unlink()
        _refuse_present(path_of(part))
        os.fchmod(file.fileno(), _MODE)
        file.truncate()
        yield file


def _is_named(descriptor: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    return False


def path_of(part: Path) -> Path:
    """What an unfinished file is to be called."""
    return part.with_name(part.name.removesuffix(PART))


def take(descriptor: int) -> bool:
    """Whether nobody else holds an open file, which is held from now on until it is closed."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
