"""What is sent to a webhook once more, and the test event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from looplane import changes
from looplane.event_feed.schemas import START, Position
from looplane.events import Event, as_write, types_of
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import Conflict
from looplane.kit.ids import parse_id
from looplane.kit.responses import Answer, or_404
from looplane.kit.writes import Write
from looplane.webhooks import rules, sql
from looplane.webhooks.commands import deliverable_types, queue_args
from looplane.webhooks.schemas import WebhookReplay
from looplane.webhooks.sql import WEBHOOK

# Events that one request replays of a span.
MAX_REPLAYED = 5000


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be sent once more, in its order, and from where on there may be more."""

    rows: Sequence[Mapping[str, Any]] = ()
    faults: list[str] = field(default_factory=list)
    cursor: str | None = None


async def replay_to_webhook(write: Write, id: UUID, body: WebhookReplay) -> Response:
    """Queues deliveries once more, and events that there never was one of.

    Raises NotFound, PreconditionFailed, ValidationFailed, Unprocessable.
    """
    return await write(partial(_replay, types=deliverable_types(write), body=body), id)


async def _replay(
    con: Connection, context: Context, id: UUID, *, types: Sequence[str], body: WebhookReplay
) -> Answer:
    async with con.transaction():
        await changes.lock(con, context, WEBHOOK, id)
        row = or_404(await con.fetchrow(WEBHOOK.find(), context.workspace_id, id), WEBHOOK.noun)
        found = await _find(con, context, id, row["events"], types, body.model_dump())
        context.raise_faults(found.faults)
        now = context.clock()
        replayed = await _queue(con, context.workspace_id, id, now, found.rows)
        told = {"replayed": replayed, "waiting": len(found.rows) - replayed}
        answer = orjson.dumps({"id": id, **told, "cursor": found.cursor}).decode()
        if not replayed:
            return Answer(answer, row["version"])
        events = [Event(WEBHOOK.event_type("replayed"), id, {}, {"replayed": replayed})]
        write = as_write(context, now, events)
        await con.execute(WEBHOOK.record, context.workspace_id, id, write)
    return Answer(answer, row["version"], types_of(events))


async def _find(  # noqa: PLR0913  # of which webhook, and what
    con: Connection,
    context: Context,
    id: UUID,
    patterns: Sequence[str],
    types: Sequence[str],
    sent: Mapping[str, Any],
) -> _Found:
    found = []
    # Of a body with faults there is only what is well formed.
    if sent.get("delivery_ids") is not None:
        found.append(await _find_deliveries(con, context, id, sent["delivery_ids"]))
    if sent.get("event_ids") is not None:
        found.append(await _find_events(con, context, sent["event_ids"], types))
    if sent.get("created_after") is not None:
        meant = rules.meant(patterns, types)
        found.append(await _find_span(con, context, meant, sent))
    # One event is one delivery, however often it is found.
    rows = {row["id"]: row for each in found for row in each.rows}
    faults = [fault for each in found for fault in each.faults]
    cursors = [each.cursor for each in found if each.cursor is not None]
    return _Found([*rows.values()], faults, next(iter(cursors), None))


async def _find_deliveries(
    con: Connection, context: Context, id: UUID, texts: Sequence[str]
) -> _Found:
    ids = [parse_id(each) for each in texts]
    rows = await con.fetch(sql.FIND_DELIVERIES, context.workspace_id, ids, str(id))
    known = {row["delivery_id"] for row in rows}
    faults = [
        f"delivery_ids.{i}: there is no such delivery of this webhook"
        for i, each in enumerate(ids)
        if each not in known
    ]
    return _Found([*map(dict, rows)], faults)


async def _find_events(
    con: Connection, context: Context, texts: Sequence[str], types: Sequence[str]
) -> _Found:
    ids = [rules.parse_event(each) for each in texts]
    asked = [each for each in ids if each is not None]
    rows = []
    if asked:
        span = (min(asked), max(asked))
        rows = await con.fetch(sql.FIND_EVENTS, context.workspace_id, asked, *span, types)
    known = {row["id"] for row in rows}
    faults = [
        f"event_ids.{i}: there is no such event that webhooks are told of"
        for i, each in enumerate(ids)
        if each not in known
    ]
    return _Found([*map(dict, rows)], faults)


async def _find_span(
    con: Connection, context: Context, types: Sequence[str], sent: Mapping[str, Any]
) -> _Found:
    start = START if sent.get("cursor") is None else Position.decode(sent["cursor"])
    span = (sent["created_after"], sent.get("created_before") or context.clock())
    args = (start.number, start.id, *span, types, MAX_REPLAYED + 1)
    rows = await con.fetch(sql.FIND_SPAN, context.workspace_id, *args)
    if len(rows) <= MAX_REPLAYED:
        return _Found([*map(dict, rows)])
    last = rows[MAX_REPLAYED - 1]
    return _Found(
        [*map(dict, rows[:MAX_REPLAYED])], cursor=Position(last["position"], last["id"]).encode()
    )


async def _queue(
    con: Connection, workspace_id: UUID, id: UUID, now: datetime, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Queues what was found, with the bytes that it had or has from now on; how many there are."""
    fresh = [row for row in rows if "position" in row]  # a delivery has its bytes
    places = ([row["position"] for row in fresh], [row["id"] for row in fresh])
    if fresh:
        await con.execute(sql.INSERT_BODIES, workspace_id, *places, now)
    queued = await con.fetch(
        sql.REPLAY_DELIVERIES,
        *queue_args(workspace_id, now, [{**row, "webhook_id": id} for row in rows]),
    )
    return len(queued)


async def ping_webhook(con: Connection, context: Context, id: UUID) -> Answer:
    """Queues a test event for a webhook.

    Raises NotFound, PreconditionFailed, and Conflict for one that is not active.
    """
    context.raise_faults()
    async with con.transaction():
        await changes.lock(con, context, WEBHOOK, id)
        found = await con.fetchrow(WEBHOOK.find(), context.workspace_id, id)
        if found is None or found["status"] != "active":
            msg = "The webhook is not active; set its status to active first."
            raise Conflict(msg)
        now = context.clock()
        events = [Event(WEBHOOK.event_type("pinged"), id)]
        write = as_write(context, now, events)
        await con.execute(WEBHOOK.record, context.workspace_id, id, write)
        event = {"id": write["events"][0]["id"], "type": events[0].type, "subject_id": id}
        test = {**event, "kind": "test", "thread_id": None, "aggregate_id": None, "webhook_id": id}
        await con.execute(sql.INSERT_BODIES_OF_WRITE, context.workspace_id, context.write_id, now)
        args = queue_args(context.workspace_id, now, [test])
        await con.execute(sql.INSERT_DELIVERIES, *args)
        body = await con.fetchval(sql.GET_DELIVERY, context.workspace_id, args[3][0])
    return Answer(body, found["version"], types_of(events))
