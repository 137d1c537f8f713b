"""Where the bytes of files are kept: a folder, or a bucket of an S3-compatible storage."""

import asyncio
import os
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterator,
    Sequence,
)
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store
from typing_extensions import Buffer

from looplane.kit.config import Settings
from looplane.kit.errors import NotFound, StorageFull, Unavailable
from looplane.kit.room import is_full

_PAGE = 1000
_PART = 262_144  # bytes of an object that are held at a time while it is read
_MAX_PUTS = 4  # at once, each of which holds an object whole


@dataclass(frozen=True, slots=True)
class Stored:
    """An object that is there."""

    key: str
    changed_at: datetime


class Storage:
    """Objects by their key; `folder` is where they are, if they are on this machine's disk.

    Everything raises Unavailable where the storage does not answer.
    """

    def __init__(self, make: Callable[[], ObjectStore], folder: Path | None = None) -> None:
        self._make, self._folder = make, folder
        self._puts = asyncio.Semaphore(_MAX_PUTS)

    @cached_property
    def _store(self) -> ObjectStore:
        return self._make()

    async def put(self, key: str, content: BinaryIO) -> None:
        """Stores all of a file, so that it outlives a crash; nobody ever sees a part of it."""
        with _availability():
            async with self._puts:
                # In one piece: of several, a crash would leave some behind.
                await obstore.put_async(self._store, key, content, use_multipart=False)
            if self._folder is not None:
                await asyncio.to_thread(_sync, self._folder, self._folder / key)

    async def read(self, key: str, start: int, end: int) -> AsyncGenerator[bytes, None]:
        """The bytes from `start` to before `end`, in parts; to be closed. Raises NotFound."""
        with _availability():
            try:
                found = await obstore.get_async(self._store, key, options={"range": (start, end)})
            except FileNotFoundError as error:
                msg = "There is no such file."
                raise NotFound(msg) from error
        return _parts(found.stream(_PART))

    async def delete(self, keys: Sequence[str]) -> None:
        """Removes objects; those that are not there are no error."""
        with _availability():
            for key in keys:
                try:
                    await obstore.delete_async(self._store, key)
                except FileNotFoundError:
                    continue

    async def pages(self) -> AsyncIterator[list[Stored]]:
        """All objects, in pages and in no order."""
        if self._folder is not None and not self._folder.exists():
            return  # nothing was ever put
        with _availability():
            async for page in obstore.list(self._store, chunk_size=_PAGE):
                yield [Stored(each["path"], each["last_modified"]) for each in page]

    async def delete_below(self, prefix: str) -> int:
        """Removes all objects whose keys begin with `prefix` and a slash; how many that were."""
        if self._folder is not None and not self._folder.exists():
            return 0
        count = 0
        with _availability():
            async for page in obstore.list(self._store, prefix=prefix, chunk_size=_PAGE):
                await self.delete([each["path"] for each in page])
                count += len(page)
        return count

    async def delete_unfinished(self, age: timedelta) -> int:
        """Removes what puts that a crash ended left behind longer ago; how much it was."""
        if self._folder is None:
            return 0
        return await asyncio.to_thread(_delete_unfinished, self._folder, age.total_seconds())


def storage_of(settings: Settings) -> Storage:
    """The one that the settings name."""
    if settings.files_s3_bucket is None:
        return local_storage(settings.data_dir / "files")
    names = (settings.files_s3_bucket, settings.files_s3_endpoint, settings.files_s3_region)
    return s3_storage(*names)


def local_storage(folder: Path) -> Storage:
    """Objects as files below a folder, which is made when it is needed, for us alone."""

    def store() -> ObjectStore:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(folder)

    return Storage(store, folder)


def s3_storage(bucket: str, endpoint: str | None, region: str) -> Storage:
    """Objects in a bucket; the keys for it are those of the environment, in AWS's names."""

    def store() -> ObjectStore:
        return S3Store(
            bucket,
            region=region,
            client_options={
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=25),
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
            **({"endpoint": endpoint} if endpoint else {}),  # type: ignore[arg-type]
        )

    return Storage(store)


@contextmanager
def _availability() -> Iterator[None]:
    """What the storage fails with, as errors of ours."""
    try:
        yield
    except (BaseError, OSError) as error:
        if is_full(error):
            msg = "The disk of the files is full; try again later."
            raise StorageFull(msg) from error
        msg = "The storage of files cannot be reached now; try again."
        raise Unavailable(msg) from error


async def _parts(stream: AsyncIterable[Buffer]) -> AsyncGenerator[bytes, None]:
    try:
        async for part in stream:
            yield bytes(part)
    finally:
        # It ends when nobody has it, and a traceback would have this frame for a long time.
        del stream


def _sync(top: Path, path: Path) -> None:
    """Writes a file to the disk, and the folders that say where it is."""
    for each in (path, *(parent for parent in path.parents if parent.is_relative_to(top))):
        number = os.open(each, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _delete_unfinished(folder: Path, seconds: float) -> int:
    """Removes what has the names of unfinished puts: a key, `#`, and a number."""
    count = 0
    for path in folder.rglob("*#*"):
        if path.is_file() and time.time() - path.stat().st_mtime > seconds:
            path.unlink(missing_ok=True)
            count += 1
    return count
