"""What can be done with webhooks, but for what is sent once more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from looplane import changes
from looplane.deliveries.commands import cancel_queued
from looplane.events import Event, Values, as_write, types_of
from looplane.kit.clock import Clock, later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.ids import new_id
from looplane.kit.principal import Principal
from looplane.kit.responses import Answer
from looplane.kit.secrets import Secrets
from looplane.kit.writes import Write
from looplane.webhooks import rules, sql
from looplane.webhooks.schemas import (
    SecretRotation,
    WebhookCreate,
    WebhookPatch,
    WebhookStatus,
)
from looplane.webhooks.sql import WEBHOOK

# For so long the bytes of an event are kept at least.
BODIES_KEPT = timedelta(days=30)


def deliverable_types(write: Write) -> list[str]:
    """The types of events that webhooks can be told of."""
    return rules.deliverable(write.state.scopes_of_event_types)


async def create_webhook(write: Write, body: WebhookCreate) -> Response:
    """Makes a webhook; its answer shows the secret this once. Raises ValidationFailed."""
    types, secrets = deliverable_types(write), write.state.secrets
    return await write(partial(_create, secrets=secrets, types=types, body=body))


async def _create(
    con: Connection,
    context: Context,
    *,
    secrets: Secrets,
    types: Collection[str],
    body: WebhookCreate,
) -> Answer:
    values = body.model_dump()
    secret, number = rules.new_secret(), 1

    async def keep_secret(id: UUID, _values: Values, now: datetime) -> None:
        sealed = secrets.seal(secret.encode(), rules.secret_place(id, number))
        await con.execute(sql.KEEP_SEALED, context.workspace_id, id, number, sealed, now)

    whole = {**dict.fromkeys(WEBHOOK.columns), **values}
    whole |= {"status": "active", "secret_number": number}
    faults = rules.pattern_faults(values.get("events", ()), types)
    made = await changes.create(
        con, context, WEBHOOK, whole, faults=faults, write_others=keep_secret
    )
    return _showing(made, secret)


def _showing(answer: Answer, secret: str) -> Answer:
    """The answer with a secret that is shown once, and is null ever after."""
    body = orjson.loads(answer.body)
    kept, shown = (orjson.dumps({**body, "secret": each}).decode() for each in (None, secret))
    return replace(answer, body=kept, shown_once=shown)


async def update_webhook(write: Write, id: UUID, patch: WebhookPatch) -> Response:
    """Changes a webhook. Raises NotFound, PreconditionFailed, ValidationFailed."""
    return await write(partial(_update, types=deliverable_types(write), patch=patch), id)


async def _update(
    con: Connection, context: Context, id: UUID, *, types: Collection[str], patch: WebhookPatch
) -> Answer:
    sent = patch.model_dump(exclude_unset=True)

    def decided(row: Row) -> Values:
        moves = sent.get("status", row["status"]) != row["status"]
        return {**sent, **({"status_reason": None} if moves else {})}

    async def move_queue(id: UUID, after: Values, now: datetime) -> None:
        if "status" in after:
            await _move_queue(con, context.workspace_id, id, str(after["status"]), None, now)

    def more(row: Row) -> list[str]:
        ends = sent.get("status") == "disabled" != row["status"]
        return [WEBHOOK.event_type("disabled")] if ends else []

    decision = changes.Decision(
        columns=decided,
        faults=lambda _: rules.pattern_faults(sent.get("events", ()), types),
        more_events=more,
        write_others=move_queue,
    )
    return await changes.update(con, context, WEBHOOK, id, sent, decision)


async def _move_queue(  # noqa: PLR0913  # whose queue, and why and when it moves
    con: Connection, workspace_id: UUID, id: UUID, status: str, reason: str | None, now: datetime
) -> None:
    """What is queued for a webhook goes on or waits, as its new status has it."""
    if status == "active":
        await con.execute(sql.RESUME_QUEUE, workspace_id, str(id), now)
    else:
        await con.execute(sql.HOLD_QUEUE, workspace_id, str(id), now, reason or status)


async def delete_webhook(con: Connection, context: Context, id: UUID) -> Answer:
    """Deletes a webhook; what is queued for it does not leave any more.

    Raises NotFound, PreconditionFailed.
    """

    async def cancel() -> None:
        key = (context.workspace_id, id)
        row = await con.fetchrow(WEBHOOK.find(), *key)
        assert row is not None, "it is held"
        await con.execute(sql.DROP_SEALED, *key, row["secret_number"] + 1)
        await cancel_queued(con, context, "webhook", str(id), "The webhook was deleted.")

    return await changes.delete(con, context, WEBHOOK, id, cancel)


async def rotate_webhook_secret(write: Write, id: UUID, body: SecretRotation) -> Response:
    """Makes a new secret, shown this once; the former one signs beside it for a time.

    Raises NotFound, PreconditionFailed, ValidationFailed.
    """
    return await write(partial(_rotate, secrets=write.state.secrets, body=body), id)


async def _rotate(
    con: Connection, context: Context, id: UUID, *, secrets: Secrets, body: SecretRotation
) -> Answer:
    secret = rules.new_secret()
    hours = body.model_dump().get("former_hours", 0)
    until = context.clock() + timedelta(hours=hours)

    def decided(row: Row) -> Values:
        return {"secret_number": row["secret_number"] + 1, "former_secret_until": until}

    async def keep_secret(id: UUID, after: Values, now: datetime) -> None:
        number: Any = after["secret_number"]
        sealed = secrets.seal(secret.encode(), rules.secret_place(id, number))
        await con.execute(sql.KEEP_SEALED, context.workspace_id, id, number, sealed, now)
        kept = number - 1 if hours else number
        await con.execute(sql.DROP_SEALED, context.workspace_id, id, kept)

    rotated = WEBHOOK.event_type("secret_rotated")
    decision = changes.Decision(
        columns=decided, more_events=lambda _: [rotated], write_others=keep_secret
    )
    return _showing(await changes.update(con, context, WEBHOOK, id, {}, decision), secret)


async def plan_events(
    con: Connection,
    workspace_id: UUID,
    positions: Sequence[int],
    ids: Sequence[UUID],
    now: datetime,
) -> int:
    """Plans what webhooks are told of events that everyone may see; how many deliveries that are.

    The events are given by their places, in the order in which they are to leave. What is planned
    already stays as it is.
    """
    wanted = await con.fetch(sql.FIND_WANTED, workspace_id, positions, ids)
    if not wanted:
        return 0
    places = {(row["position"], row["id"]) for row in wanted}
    kept = [each for each in zip(positions, ids, strict=True) if each in places]
    await con.execute(sql.INSERT_BODIES, workspace_id, *map(list, zip(*kept, strict=True)), now)
    await con.execute(sql.INSERT_DELIVERIES, *queue_args(workspace_id, now, wanted))
    return len(wanted)


async def keep_bodies(
    con: Connection, workspace_id: UUID, event_ids: Sequence[UUID], now: datetime
) -> None:
    """Keeps the bytes of events of which they are kept no longer; of those that are gone, none."""
    span = (min(event_ids), max(event_ids))
    await con.execute(sql.INSERT_BODIES_AGAIN, workspace_id, event_ids, *span, now)


async def sweep_bodies(con: Connection, clock: Clock) -> int:
    """Lets go of the bytes of old events of all workspaces, but for what still waits.

    Where they are asked for once more they are put together again, as long as the event is kept.
    """
    before = clock() - BODIES_KEPT
    last: tuple[Any, ...] | Row | None = (datetime.min.replace(tzinfo=UTC), UUID(int=0))
    while last is not None:
        last = await con.fetchrow(sql.SWEEP_BODIES, before, *last)
    return 0


def queue_args(
    workspace_id: UUID, now: datetime, rows: Sequence[Mapping[str, Any] | Row]
) -> tuple[Any, ...]:
    """What INSERT_QUEUED takes for rows of events, or of deliveries of them, each of a webhook."""
    targets = [str(row["webhook_id"]) for row in rows]
    return (
        *(workspace_id, now, sql.CHANNEL),
        [new_id() for _ in rows],
        [row["id"] for row in rows],
        [row["type"] for row in rows],
        [row["kind"] for row in rows],
        targets,
        [row["subject_id"] for row in rows],
        [row["thread_id"] for row in rows],
        targets,
        [row["aggregate_id"] for row in rows],
    )


async def end_by_rule(  # noqa: PLR0913  # which webhook, how it ends, and why
    con: Connection,
    clock: Clock,
    workspace_id: UUID,
    id: UUID,
    status: WebhookStatus,
    reason: str,
) -> tuple[str, ...]:
    """Pauses or disables an active webhook because of what its target does, and tells of it.

    What is queued for it waits. In the transaction of the caller; answers the types of the events,
    none where it was not active any more.
    """
    context = Context(Principal(workspace_id, "rule", rule="webhooks"), clock, "webhooks")
    key = (workspace_id, id)
    async with con.transaction():
        if await con.fetchrow(WEBHOOK.lock, *key) is None:
            return ()
        row = await con.fetchrow(WEBHOOK.find(), *key)
        assert row is not None, "it is held"
        if row["status"] != "active":
            return ()
        now = later_than(row["updated_at"], clock)
        after = {"status": status, "status_reason": reason}
        before = {name: row[name] for name in after}
        types = (WEBHOOK.event_type("updated"), WEBHOOK.event_type(status))
        events = [Event(each, id, before, after) for each in types]
        write = as_write(context, now, events)
        await con.execute(WEBHOOK.update, *key, row["version"], WEBHOOK.to_columns(after), write)
        await _move_queue(con, workspace_id, id, status, reason, now)
    return types_of(events)
