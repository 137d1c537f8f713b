"""What a member does with the files of a message that is not sent yet."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import UploadFile
from starlette.responses import Response

from looplane.kit.clock import Clock
from looplane.kit.content_parts import PART, in_parts
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import Conflict, PayloadTooLarge, ValidationFailed
from looplane.kit.ids import new_id, parse_id
from looplane.kit.responses import Answer, or_404
from looplane.kit.row_count import row_count
from looplane.kit.writes import Read, Write
from looplane.messages.frames.rules import file_headers
from looplane.messages.rules import decoded_size
from looplane.messages.sql import File
from looplane.outgoing_files import rules, sql
from looplane.outgoing_files.rules import Attachments
from looplane.outgoing_files.schemas import MAX_SIZE, OutgoingAttachment

# How long one stays that nothing names: as long as somebody may be about to.
_KEPT = timedelta(days=1)


async def upload_outgoing_file(write: Write, file: UploadFile) -> Response:
    """Keeps the file of a form for a message. Raises ValidationFailed, PayloadTooLarge."""
    write.context.raise_faults()
    size = file.size or 0
    if size > MAX_SIZE:
        most = rules.in_words(MAX_SIZE)
        msg = f"A file may have {most} at the most, and this one has {rules.in_words(size)}."
        raise PayloadTooLarge(msg)
    if not size:
        raise ValidationFailed(["file: is empty"])
    if (stored := await write.stored_answer()) is not None:
        return stored
    values = {
        "id": new_id(),
        "name": rules.clean_name(file.filename or ""),
        "content_type": rules.clean_type(file.content_type or ""),
        "size": size,
    }
    # Until here it is on the disk; few are whole at once.
    async with write.state.large_bodies:
        content = await asyncio.to_thread(file.file.read)
        return await write(_create_file, {**values, "content": content})


async def _create_file(con: Connection, context: Context, values: Mapping[str, Any]) -> Answer:
    answer = await sql.insert_file(con, context, values, rules.MAX_KEPT)
    if answer is None:
        most = rules.in_words(rules.MAX_KEPT)
        fault = f"file: with it you would have more than {most} of files for messages; remove some"
        raise ValidationFailed([f"{fault}, or try again tomorrow"])
    return answer


async def get_outgoing_file(read: Read, id: UUID) -> Response:
    """The bytes of a file of the member's own. Raises NotFound."""

    async def find(start: int) -> bytes | None:
        async with read.database.reading() as con:
            return await sql.find_part(con, read.context, id, start, PART)

    async with read.database.reading() as con:
        row = await sql.find_file(con, read.context, id)
    head = await find(0) or b""
    return in_parts(head, row["size"], find, file_headers({"Name": row["name"]}, head))


async def delete_outgoing_file(con: Connection, context: Context, id: UUID) -> Answer:
    """Removes a file of the member's own. Raises NotFound, Conflict where it is to be sent."""
    key = (context.workspace_id, id)
    async with con.transaction():
        or_404(await con.fetchval(sql.HOLD, *key, context.member_id), sql.NOUN)
        # Asked once it is held: whoever is about to name it waits for us, or we waited for them.
        if await con.fetchval(sql.IS_NAMED, *key):
            msg = "What you have not sent yet names this file; take it out there first."
            raise Conflict(msg)
        answer = Answer(await con.fetchval(sql.GET, *key, context.member_id))
        await con.execute(sql.DELETE, *key)
    return answer


async def find_sizes(con: Connection, context: Context, attachments: Attachments) -> dict[str, int]:
    """The sizes of the files that attachments name and that are the member's own, by their ids.

    They stay to the end of the transaction.
    """
    ids = {parse_id(each["file_id"]) for each in attachments if "file_id" in each} - {None}
    if not ids:
        return {}
    return await sql.find_sizes(con, context, [id for id in ids if id is not None])


def files_of(
    attachments: Sequence[OutgoingAttachment], sizes: Mapping[str, int]
) -> tuple[list[File], dict[UUID, UUID]]:
    """The files of a message; and of those whose bytes are here, which file each is."""
    files, sources = [], {}
    for each in attachments:
        has_content = "content" in each.model_fields_set
        size = decoded_size(each.content) if has_content else sizes.get(each.file_id, 0)
        content = each.content if has_content else None
        file = File(each.name, each.content_type, size, content, each.content_id)
        files.append(file)
        if not has_content and each.file_id in sizes:
            sources[file.id] = UUID(each.file_id)
    return files, sources


async def sweep_outgoing_files(con: Connection, clock: Clock) -> int:
    """Removes those that nothing names for long, in all workspaces; how many there were."""
    async with con.transaction():
        old = await con.fetch(sql.HOLD_OLD, clock() - _KEPT)
        if not old:
            return 0
        keys = ([row[name] for row in old] for name in ("workspace_id", "id"))
        done: str = await con.execute(sql.DELETE_UNNAMED, *keys)
    return row_count(done)
