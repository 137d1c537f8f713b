"""How deliveries are tried again, or canceled: one of them, or many."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from looplane.deliveries import rules
from looplane.deliveries.mending import sql
from looplane.deliveries.mending.schemas import (
    MAX_MENDED,
    DeliveryBulkCancel,
    DeliveryBulkRetry,
    DeliveryRetry,
)
from looplane.deliveries.sql import NOUN, conditions_of, get_delivery
from looplane.events import Event, as_write, types_of
from looplane.kit.context import Context
from looplane.kit.cursors import MOMENT, Cursor, decode_filters, decode_key, encode_cursor
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict, Unprocessable
from looplane.kit.ids import parse_id
from looplane.kit.responses import Answer, or_404

RETRIED, CANCELED = "delivery.retried", "delivery.canceled"
EVENT_TYPES = (RETRIED, CANCELED)


@dataclass(frozen=True, slots=True)
class _Mending:
    """What is done to deliveries.

    `refusal` says why it cannot be done to one, and `is_due` whether there is anything to do.
    """

    statement: str
    event_type: str
    state: str
    refusal: Callable[[Row], str | None]
    is_due: Callable[[Row, datetime], bool]


def _retrying(*, again: bool) -> _Mending:
    def refusal(row: Row) -> str | None:
        return rules.retry_refusal(row["state"], is_erased=row["is_erased"], again=again)

    def is_due(row: Row, now: datetime) -> bool:
        return bool(row["state"] != "queued" or row["next_attempt_at"] > now)

    return _Mending(sql.RETRY, RETRIED, "queued", refusal, is_due)


def _canceling() -> _Mending:
    return _Mending(
        sql.CANCEL,
        CANCELED,
        "canceled",
        lambda row: rules.cancel_refusal(row["state"]),
        lambda row, _: row["state"] == "queued",
    )


async def retry_delivery(
    con: Connection, context: Context, id: UUID, body: DeliveryRetry
) -> Answer:
    """Queues a delivery so that it is tried now.

    Raises NotFound, PreconditionFailed, ValidationFailed, and Conflict where it cannot be.
    """
    again = bool(body.model_dump().get("again"))
    return await _mend_one(con, context, id, _retrying(again=again))


async def cancel_delivery(con: Connection, context: Context, id: UUID) -> Answer:
    """Cancels a queued delivery. Raises NotFound, PreconditionFailed, Conflict."""
    return await _mend_one(con, context, id, _canceling())


async def _mend_one(con: Connection, context: Context, id: UUID, mending: _Mending) -> Answer:
    async with con.transaction():
        row = or_404(await con.fetchrow(sql.HOLD, context.workspace_id, [id]), NOUN)
        context.precondition.check(row["version"])
        context.raise_faults()
        if (refusal := mending.refusal(row)) is not None:
            raise Conflict(refusal)
        now = context.clock()
        if not mending.is_due(row, now):
            return Answer(row["body"], row["version"])
        await con.execute(mending.statement, context.workspace_id, [id], now)
        before, after = {"state": row["state"]}, {"state": mending.state}
        event = Event(mending.event_type, id, before, after)
        await _tell(con, context, now, event, row["told"])
        shown = await get_delivery(con, context, id)
    return replace(shown, events=types_of([event]))


async def _tell(con: Connection, context: Context, now: datetime, event: Event, data: str) -> None:
    write = as_write(context, now, [event])
    await con.execute(sql.INSERT_EVENT, context.workspace_id, write, data)


async def bulk_retry_deliveries(
    con: Connection, context: Context, body: DeliveryBulkRetry
) -> Answer:
    """Queues many deliveries so that they are tried now. Raises ValidationFailed, Unprocessable."""
    sent = body.model_dump(exclude_unset=True)
    chosen = sent.get("filter")
    state = None if chosen is None else chosen.get("state", "dead")
    again = bool(sent.get("again")) and chosen is None
    return await _mend_many(con, context, sent, state, _retrying(again=again))


async def bulk_cancel_deliveries(
    con: Connection, context: Context, body: DeliveryBulkCancel
) -> Answer:
    """Cancels many queued deliveries. Raises ValidationFailed, Unprocessable."""
    sent = body.model_dump(exclude_unset=True)
    state = "queued" if "filter" in sent else None
    return await _mend_many(con, context, sent, state, _canceling())


async def _mend_many(
    con: Connection,
    context: Context,
    sent: Mapping[str, Any],
    state: str | None,
    mending: _Mending,
) -> Answer:
    async with con.transaction():
        if state is None:
            found = _find_named(sent.get("delivery_ids") or [])
        else:
            found = await find_filtered(con, context, sent, state, mending)
        rows = await con.fetch(sql.HOLD, context.workspace_id, found.ids)
        context.raise_faults(_missing(found, rows))
        now = context.clock()
        # A filter means those that are still in its state, now that they are held.
        of_state = [row for row in rows if state in {None, row["state"]}]
        ids = [row["id"] for row in of_state if _is_meant(row, mending, now)]
        told = orjson.dumps({"count": len(ids), "ids": [*map(str, ids)]}).decode()
        answer = {
            "changed": len(ids),
            "unchanged": len(rows) - len(ids),
            "cursor": found.cursor,
        }
        body = orjson.dumps(answer).decode()
        if not ids:
            return Answer(body)
        await con.execute(mending.statement, context.workspace_id, ids, now)
        event = Event(mending.event_type, context.write_id, None, {"count": len(ids)})
        await _tell(con, context, now, event, told)
    return Answer(body, events=types_of([event]))


def _is_meant(row: Row, mending: _Mending, now: datetime) -> bool:
    return mending.refusal(row) is None and mending.is_due(row, now)


@dataclass(frozen=True, slots=True)
class _Found:
    """The deliveries that are asked for, as they were `named`, and where there may be more."""

    ids: Sequence[UUID | None]
    named: Mapping[int, UUID | None] = field(default_factory=dict)
    cursor: str | None = None


def _find_named(texts: Sequence[str]) -> _Found:
    ids = [parse_id(each) for each in texts]
    return _Found(ids, dict(enumerate(ids)))


def _missing(found: _Found, rows: Sequence[Row]) -> list[str]:
    known = {row["id"] for row in rows}
    return [
        f"delivery_ids.{i}: there is no such delivery"
        for i, each in found.named.items()
        if each not in known
    ]


async def find_filtered(
    con: Connection, context: Context, sent: Mapping[str, Any], state: str, mending: _Mending
) -> _Found:
    """Those that a filter means before anybody holds them. Raises Unprocessable."""
    conditions = conditions_of(context, sent["filter"], state)
    # What a cursor goes on with: the same, as it was sent.
    list_of = (mending.event_type, orjson.loads(orjson.dumps({**sent["filter"], "state": state})))
    if (cursor := sent.get("cursor")) is not None:
        if decode_filters(cursor, list_of[0]) != list_of[1]:
            msg = "The cursor belongs to another filter; start again without one."
            raise Unprocessable(msg)
        conditions.start_after("(d.created_at, d.id) > ({0})", *decode_key(cursor, MOMENT))
    rows = await con.fetch(sql.find(conditions, MAX_MENDED + 1), *conditions.values)
    ids = [row["id"] for row in rows[:MAX_MENDED]]
    if len(rows) <= MAX_MENDED:
        return _Found(ids)
    last = rows[MAX_MENDED - 1]
    place = Cursor(*list_of, last["created_at"], last["id"])
    return _Found(ids, cursor=encode_cursor(place, MOMENT))
