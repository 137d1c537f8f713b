"""Bodies on their way in: what they hold, and what makes two of them the same.

A body as large as files are is on the disk until it is needed whole, and then few are whole at
once: however many send slowly, memory stays bounded.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

from fastapi import UploadFile

from looplane.kit.request import MAX_BODY, Validated

MAX_WHOLE = 4  # large bodies at once


@dataclass(frozen=True, slots=True)
class Body:
    """What came: bytes, or the file of a form; `content` then only says which file it is."""

    content: bytes = b""
    file: Validated | None = None
    spool: SpooledTemporaryFile[bytes] | None = None

    @asynccontextmanager
    async def whole(self, places: asyncio.Semaphore) -> AsyncIterator["Body"]:
        """The body with its bytes; of those that are large each takes one of `places`."""
        if self.spool is None:
            yield self
            return
        self.spool.seek(0, 2)
        is_large = self.spool.tell() > MAX_BODY
        self.spool.seek(0)
        if not is_large:
            yield Body(self.spool.read())
            return
        async with places:
            yield Body(await asyncio.to_thread(self.spool.read))

    def close(self) -> None:
        """Gives back what it has on the disk."""
        if self.spool is not None:
            self.spool.close()


async def body_of_file(file: Validated) -> Body:
    """The body that brought `file`: the same one however the form around it was written."""
    if file.model is None:
        return Body(file=file)
    upload: UploadFile = file.model
    digest = await asyncio.to_thread(_digest, upload)
    said = repr((upload.filename, upload.content_type)).encode()
    return Body(said + digest, file)


def _digest(upload: UploadFile) -> bytes:
    digest = hashlib.file_digest(upload.file, "sha256").digest()  # type: ignore[arg-type]  # a file of bytes
    upload.file.seek(0)
    return digest
