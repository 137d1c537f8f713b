"""What can be done with files."""

import asyncio
import base64
import binascii
import hashlib
import io
import math
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import structlog
from fastapi import UploadFile
from starlette.responses import Response

from looplane import changes
from looplane.files import rules, sql
from looplane.files.schemas import FileImport
from looplane.kit.clock import Clock
from looplane.kit.context import Context
from looplane.kit.database import Connection, Database, Row
from looplane.kit.errors import (
    Conflict,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    Unprocessable,
    ValidationFailed,
)
from looplane.kit.ids import new_id
from looplane.kit.keys import digest
from looplane.kit.outbound import AnswerTooLarge, Outbound, OutboundRefused
from looplane.kit.request import MAX_BODY, MAX_FILE
from looplane.kit.responses import Answer
from looplane.kit.storage import Storage, Stored
from looplane.kit.writes import Write

# What no row points to is removed when it is as old; an upload takes minutes at the most.
_ORPHAN_AGE = timedelta(days=1)
_OK = 200
_SECRET = re.compile("[0-9a-f]{64}")

_log = structlog.get_logger("looplane.files")


@dataclass(frozen=True, slots=True)
class Intake:
    """Where files go and come from; `public_url` is what a browser reaches us by.

    `most_per_day` is for each workspace, 0 for any number.
    """

    storage: Storage
    outbound: Outbound
    public_url: str
    most_per_day: int


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A content that came, what was said of it, and the field that it came in."""

    content: BinaryIO
    name: str
    content_type: str | None
    field: str


async def upload_file(write: Write, file: UploadFile) -> Response:
    """Stores the file of a form. Raises ValidationFailed, PayloadTooLarge, RateLimited."""
    if (file.size or 0) > MAX_FILE:
        raise _too_large()
    write.context.raise_faults()
    if (stored := await write.stored_answer()) is not None:
        return stored
    name, content_type = file.filename or "", file.content_type or ""
    incoming = _Incoming(file.file, name, content_type, "file")
    return await _take_in(write, incoming)


async def import_file(write: Write, body: FileImport) -> Response:
    """Stores what is at an address, or what the body holds.

    Raises ValidationFailed, PayloadTooLarge, RateLimited.
    """
    write.context.raise_faults()
    if (body.url is None) == (body.content_base64 is None):
        raise ValidationFailed(["url, content_base64: give one of the two"])
    if body.content_type is not None and (fault := rules.type_fault(body.content_type)):
        raise ValidationFailed([f"content_type: {fault}"])
    if (stored := await write.stored_answer()) is not None:
        return stored
    if body.content_base64 is not None:
        content = await asyncio.to_thread(_decoded, body.content_base64)
        named = _Incoming(content, body.file_name or "", body.content_type, "content_base64")
        return await _take_in(write, named)
    intake: Intake = write.state.files
    await _refuse_full_day(write, intake)
    with SpooledTemporaryFile(max_size=MAX_BODY) as spool:
        fetched = await _fetch(intake.outbound, body, cast("BinaryIO", spool))
        return await _take_in(write, fetched)


async def find_served(database: Database, secret: str, name: str) -> Row:
    """The file of a link. Raises NotFound."""
    row = None
    if _SECRET.fullmatch(secret):
        async with database.reading() as con:
            row = await con.fetchrow(sql.FIND_SERVED, digest(secret))
    if row is None or row["name"] != name:
        msg = "There is no such file."
        raise NotFound(msg)
    return row


class OrphanSweep:
    """Removes bytes that no file has: of writes that did not end, and of deleted files.

    What is of no workspace of this database is left: it may be another one's, whose files would be
    gone where somebody starts on the wrong database.
    """

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage, self._clock = storage, clock
        self._pages: AsyncIterator[list[Stored]] | None = None

    async def run(self, con: Connection) -> int:
        """Looks at one page of what is stored; 0 when it was the last one."""
        if self._pages is None:
            self._pages = self._storage.pages()
        try:
            page = await anext(self._pages, None)
        except BaseException:
            self._pages = None
            raise
        if page is not None:
            await self._sweep(con, page)
            return 1
        self._pages = None
        await self._storage.delete_unfinished(_ORPHAN_AGE)
        await con.execute(sql.DELETE_DAYS, (self._clock() - timedelta(days=7)).date())
        return 0

    async def _sweep(self, con: Connection, page: list[Stored]) -> None:
        before = self._clock() - _ORPHAN_AGE
        old = [each.key for each in page if each.changed_at < before]
        orphans = [row["key"] for row in await con.fetch(sql.LIST_ORPHANS, old)]
        await self._storage.delete(orphans)
        if orphans:
            _log.info("bytes of no file removed", objects=len(orphans))


async def _fetch(outbound: Outbound, body: FileImport, into: BinaryIO) -> _Incoming:
    assert body.url is not None, "asked for by address"
    try:
        reply = await outbound.download(body.url, into, MAX_FILE)
    except AnswerTooLarge:
        raise _too_large() from None
    except OutboundRefused as error:
        raise ValidationFailed([f"url: {error}"]) from None
    if reply.status != _OK:
        raise ValidationFailed([f"url: The address answers with the status {reply.status}."])
    name = body.file_name or rules.name_of_answer(reply.headers, reply.url)
    content_type = body.content_type or reply.headers.get("content-type")
    return _Incoming(into, name, content_type, "url")


async def _take_in(write: Write, incoming: _Incoming) -> Response:
    """Stores the bytes, and then the row that points to them: no row ever points to nothing."""
    intake: Intake = write.state.files
    write.context.raise_faults()
    judged, size, sha256 = await asyncio.to_thread(_judge, incoming)
    if judged.fault is not None:
        raise ValidationFailed([f"{incoming.field}: {judged.fault}"])
    await _refuse_full_day(write, intake)
    secret, key = secrets.token_hex(32), f"{write.context.workspace_id}/{new_id()}"
    row = {
        "url": intake.public_url + rules.path_of(secret, judged.name),
        "name": judged.name,
        "content_type": judged.content_type,
        "size": size,
        "sha256": sha256,
        "secret_hash": "\\x" + digest(secret).hex(),
        "storage_key": key,
    }
    if write.dry_run:
        return await write(_create_file, row, intake.most_per_day)
    await intake.storage.put(key, incoming.content)
    try:
        response = await write(_create_file, row, intake.most_per_day)
    except (Conflict, RateLimited, Unprocessable):
        # These say for certain that there is no row. After any other error there may be one: what
        # is in doubt is left to the sweep.
        await intake.storage.delete([key])
        raise
    if "Idempotent-Replayed" in response.headers:
        await intake.storage.delete([key])
    return response


async def _create_file(
    con: Connection, context: Context, row: dict[str, object], most_per_day: int
) -> Answer:
    """Stores the row and its event, and counts it. Raises RateLimited."""
    async with con.transaction():
        if most_per_day:
            now = context.clock()
            args = (context.workspace_id, now.date(), most_per_day)
            if await con.fetchval(sql.COUNT_UPLOAD, *args) is None:
                raise RateLimited(_seconds_left(now), "daily_upload")
        return await changes.create(con, context, sql.FILE, row)


async def _refuse_full_day(write: Write, intake: Intake) -> None:
    """Raises RateLimited before any work is done; what counts is counted with the row."""
    if not intake.most_per_day:
        return
    now = write.context.clock()
    async with write.database.reading() as con:
        args = (write.context.workspace_id, now.date())
        uploads = await con.fetchval(sql.GET_UPLOADS, *args)
    if (uploads or 0) >= intake.most_per_day:
        raise RateLimited(_seconds_left(now), "daily_upload")


def _seconds_left(now: datetime) -> int:
    """Until the day ends, in UTC."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return math.ceil((midnight - now).total_seconds())


def _judge(incoming: _Incoming) -> tuple[rules.Judged, int, str]:
    """What came, its size, and its digest; the file is then at its start again."""
    incoming.content.seek(0)
    content = incoming.content.read()
    incoming.content.seek(0)
    judged = rules.judge(content, incoming.content_type, incoming.name)
    return judged, len(content), hashlib.sha256(content).hexdigest()


def _decoded(text: str) -> BinaryIO:
    try:
        return io.BytesIO(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        msg = "content_base64: is not base64"
        raise ValidationFailed([msg]) from None


def _too_large() -> PayloadTooLarge:
    return PayloadTooLarge(f"A file may have {MAX_FILE:,} bytes at the most.")
