"""How a message is shown, and the files that came with it."""

import asyncio
from uuid import UUID

from starlette.responses import HTMLResponse, Response

from looplane.kit.content_parts import PART, in_parts
from looplane.kit.responses import or_404
from looplane.kit.writes import Read
from looplane.messages.frames import rules, sql
from looplane.messages.frames.schemas import FrameQuery

# A message stays as it was said; it may be erased, so that no browser keeps it for long.
_KEPT = "private, max-age=300"


async def get_frame(read: Read, thread_id: UUID, message_id: UUID, query: FrameQuery) -> Response:
    """The page of a message. Raises NotFound."""
    args = (read.context.workspace_id, thread_id, message_id)
    async with read.database.reading() as con:
        row = or_404(await con.fetchrow(sql.FIND_SHOWN, *args), "message")
    place = rules.Place(f"../../../attachments/{message_id}", read.state.files.public_url)
    loads_remote = query.images == "remote"
    frame = rules.frame(row["html"], row["attachments"], place, loads_remote=loads_remote)
    headers = {
        "Content-Security-Policy": frame.policy,
        "X-Frame-Options": "SAMEORIGIN",
        "Cache-Control": _KEPT,
        # Whoever signs in next on this browser does not get it from there.
        "Vary": "Cookie",
    }
    return HTMLResponse(frame.page, headers=headers)


async def get_attachment(read: Read, message_id: UUID, id: UUID) -> Response:
    """The bytes of a file that came with a message, or went with it. Raises NotFound."""
    args = (read.context.workspace_id, message_id, id)

    async def find(start: int) -> bytes | None:
        async with read.database.reading() as con:
            part: bytes | None = await con.fetchval(sql.FIND_PART, *args, start + 1, PART)
            return part

    async with read.database.reading() as con:
        row = or_404(await con.fetchrow(sql.FIND_FILE, *args), "attachment")
    described = next(each for each in row["attachments"] if each["id"] == str(id))
    head = await find(0) or b""
    headers = await asyncio.to_thread(rules.file_headers, described, head)
    return in_parts(head, row["size"], find, headers)
