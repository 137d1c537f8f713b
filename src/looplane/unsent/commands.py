"""What a member does with text that is not sent yet. It is theirs alone, and no event tells."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from looplane.kit.clock import iso
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import PreconditionFailed
from looplane.kit.responses import Answer
from looplane.outgoing_files.commands import find_sizes
from looplane.outgoing_files.rules import attachment_faults, with_sizes
from looplane.unsent import rules, sql
from looplane.unsent.schemas import UnsentDelete, UnsentPut

_EXPECTED = "expected_updated_at"


async def put_unsent(con: Connection, context: Context, thread_id: UUID, body: UnsentPut) -> Answer:
    """Keeps text about a thread. Raises NotFound, ValidationFailed, PreconditionFailed.

    The same text again is left alone, whatever was expected: it is what the caller wants.
    """
    sent = body.model_dump(exclude_unset=True, by_alias=True)
    async with con.transaction():
        sent = await _judge(con, context, sent)
        row = await sql.hold_text(con, context, thread_id, body.mode)
        if row is None:
            row = await _insert(con, context, thread_id, sent)
        if row is not None:
            await _update(con, context, thread_id, sent, row)
        return await sql.get_unsent(con, context, thread_id)


async def _judge(con: Connection, context: Context, sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, with the sizes of the files that it names. Raises ValidationFailed."""
    attachments = sent.get("attachments", [])
    sizes = await find_sizes(con, context, attachments)
    context.raise_faults([*rules.mode_faults(sent), *attachment_faults(attachments, sizes)])
    return {**sent, "attachments": with_sizes(attachments, sizes)} if attachments else sent


async def _insert(
    con: Connection, context: Context, thread_id: UUID, sent: Mapping[str, Any]
) -> Row | None:
    """Stores a first text; the one that another tab stored at this instant, if one did."""
    first = rules.next_text(None, sent)
    if rules.is_nothing(first):
        return None
    await _check(con, context, thread_id, sent, None)
    if await sql.insert_text(con, context, thread_id, sent["mode"], first):
        return None
    return await sql.hold_text(con, context, thread_id, sent["mode"])


async def _update(
    con: Connection, context: Context, thread_id: UUID, sent: Mapping[str, Any], row: Row
) -> None:
    before = dict(row)
    after = rules.next_text(before, sent)
    if after == rules.next_text(before, {}):
        return
    await _check(con, context, thread_id, sent, row)
    if rules.is_nothing(after):
        await con.execute(sql.DELETE, context.workspace_id, row["id"])
    else:
        await sql.update_text(con, context, row["id"], after)


async def delete_unsent(
    con: Connection, context: Context, thread_id: UUID, query: UnsentDelete
) -> Answer:
    """Forgets text about a thread; none is as good. Raises NotFound, PreconditionFailed."""
    async with con.transaction():
        row = await sql.hold_text(con, context, thread_id, query.mode)
        if row is not None:
            sent = query.model_dump(exclude_unset=True)
            await _check(con, context, thread_id, sent, row)
            await con.execute(sql.DELETE, context.workspace_id, row["id"])
        return await sql.get_unsent(con, context, thread_id)


async def _check(
    con: Connection, context: Context, thread_id: UUID, sent: Mapping[str, Any], row: Row | None
) -> None:
    """Raises PreconditionFailed where what is there is not what the caller has."""
    present = None if row is None else row["updated_at"]
    if _EXPECTED not in sent or sent[_EXPECTED] == present:
        return
    there = "there is none any more" if present is None else f"it is from {iso(present)}"
    msg = f"This text was written elsewhere meanwhile: {there}. Read it again."
    whole = await sql.get_unsent(con, context, thread_id)
    raise PreconditionFailed(msg, headers={"ETag": whole.all_headers()["ETag"]})
