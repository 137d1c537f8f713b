"""What a member does with text that is not sent yet. It is theirs alone, and no event tells."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from looplane.kit.clock import iso
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict, PreconditionFailed
from looplane.kit.responses import Answer
from looplane.unsent import rules, sql
from looplane.unsent.schemas import UnsentDelete, UnsentPut

_EXPECTED = "expected_updated_at"


async def put_unsent(con: Connection, context: Context, thread_id: UUID, body: UnsentPut) -> Answer:
    """Keeps text about a thread. Raises NotFound, ValidationFailed, PreconditionFailed.

    The same text again is left alone, whatever was expected: it is what the caller wants.
    """
    sent = body.model_dump(exclude_unset=True, by_alias=True)
    context.raise_faults(rules.mode_faults(sent))
    async with con.transaction():
        row = await sql.hold_text(con, context, thread_id, body.mode)
        after = rules.next_text(row, sent)
        if row is None:
            await _insert(con, context, thread_id, sent, after)
        elif after != rules.next_text(row, {}):
            _check(sent, row)
            if rules.is_nothing(after):
                await con.execute(sql.DELETE, context.workspace_id, row["id"])
            else:
                await sql.update_text(con, context, row["id"], after)
        return await sql.get_unsent(con, context, thread_id)


async def _insert(
    con: Connection,
    context: Context,
    thread_id: UUID,
    sent: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    if rules.is_nothing(after):
        return
    _check(sent, None)
    if not await sql.insert_text(con, context, thread_id, sent["mode"], after):
        await sql.get_unsent(con, context, thread_id)  # raises where there is no such thread
        msg = "Another tab of yours writes about this thread at this instant; try again."
        raise Conflict(msg, headers={"Retry-After": "1"})


async def delete_unsent(
    con: Connection, context: Context, thread_id: UUID, query: UnsentDelete
) -> Answer:
    """Forgets text about a thread; none is as good. Raises NotFound, PreconditionFailed."""
    async with con.transaction():
        row = await sql.hold_text(con, context, thread_id, query.mode)
        if row is not None:
            _check(query.model_dump(exclude_unset=True), row)
            await con.execute(sql.DELETE, context.workspace_id, row["id"])
        return await sql.get_unsent(con, context, thread_id)


def _check(sent: Mapping[str, Any], row: Row | None) -> None:
    """Raises PreconditionFailed where what is there is not what the caller has."""
    present = None if row is None else row["updated_at"]
    if _EXPECTED not in sent or sent[_EXPECTED] == present:
        return
    there = "there is none any more" if present is None else f"it is from {iso(present)}"
    msg = f"This text was written elsewhere meanwhile: {there}. Read it again."
    raise PreconditionFailed(msg)
