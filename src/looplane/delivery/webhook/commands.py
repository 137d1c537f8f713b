"""How webhooks are told: what is planned for an event, and each attempt."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog

from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.delivery.webhook import rules, sql
from looplane.delivery.webhook.schemas import WebhookRequest
from looplane.event_feed.schemas import FannedEvent
from looplane.kit.clock import Clock
from looplane.kit.database import Connection, Database, Row
from looplane.kit.ids import parse_id
from looplane.kit.outbound import Outbound, OutboundRefused
from looplane.kit.secrets import CannotOpenError, Secrets
from looplane.webhooks.commands import end_by_rule, keep_bodies, plan_events
from looplane.webhooks.rules import is_deliverable, secret_place

# For so long nothing has to reach a webhook until it is paused.
PATIENCE = timedelta(days=5)

_log = structlog.get_logger("looplane.webhooks")
_LOCKED = Attempted(
    "failed",
    "Its secret was sealed with another key than that of this server; rotate it.",
    is_target_down=True,
)


class WebhookChannel:
    """Tells the targets of webhooks by POST."""

    name = "webhook"
    most_at_once = 10
    seconds = rules.SECONDS + 5

    def __init__(
        self, database: Database, outbound: Outbound, secrets: Secrets, clock: Clock
    ) -> None:
        self._database, self._outbound = database, outbound
        self._secrets, self._clock = secrets, clock

    async def load(
        self, con: Connection, deliveries: Sequence[DueDelivery]
    ) -> Mapping[UUID, tuple[WebhookRequest, str] | Attempted]:
        """Where each goes and what is sent, by the ids of deliveries."""
        rows = await self._rows(con, deliveries)
        missing: dict[UUID, list[UUID]] = {}
        for row in rows:
            if row["body"] is None:
                missing.setdefault(row["workspace_id"], []).append(row["event_id"])
        if missing:
            for workspace_id, event_ids in missing.items():
                await keep_bodies(con, workspace_id, event_ids, self._clock())
            rows = await self._rows(con, deliveries)
        return {row["id"]: self._opened(row) for row in rows if row["body"] is not None}

    async def _rows(self, con: Connection, deliveries: Sequence[DueDelivery]) -> list[Row]:
        columns = (
            [each.workspace_id for each in deliveries],
            [each.id for each in deliveries],
            [parse_id(each.target) for each in deliveries],
            [each.event_id for each in deliveries],
        )
        rows: list[Row] = await con.fetch(sql.LOAD, *columns, self._clock())
        return rows

    def _opened(self, row: Row) -> tuple[WebhookRequest, str] | Attempted:
        sealed = zip(row["numbers"] or (), row["sealed"] or (), strict=True)
        try:
            secrets = [
                self._secrets.open(each, secret_place(row["webhook_id"], number)).decode()
                for number, each in sealed
            ]
        except CannotOpenError:
            return _LOCKED
        request = WebhookRequest(row["url"], row["style"], row["body"], tuple(secrets))
        return request, row["event_type"]

    async def send(self, delivery: DueDelivery, loaded: tuple[WebhookRequest, str]) -> Attempted:
        """One request; whatever is answered is read to a bound and kept to a smaller one."""
        request, event_type = loaded
        headers = rules.headers_of(request, delivery, event_type, self._clock())
        kept, into = rules.without_secrets(request, headers), io.BytesIO()
        post = partial(self._outbound.send, "POST", request.url, into, rules.MAX_ANSWER)
        try:
            reply = await post(
                content=request.body, headers=headers, seconds=rules.SECONDS, cuts=True
            )
        except OutboundRefused as refused:
            return replace(rules.not_answered(refused), request=kept)
        attempted = rules.judge(reply.status, reply.headers, into.getvalue(), self._clock())
        if attempted.outcome == "refused":
            await self._disable(delivery, str(attempted.reason))
        return replace(attempted, request=kept)

    async def _disable(self, delivery: DueDelivery, reason: str) -> None:
        """For a target that wants to be told no more. It may be written twice, and counts once."""
        id = parse_id(delivery.target)
        assert id is not None, "it was loaded"
        async with self._database.writing(id) as con:
            ended = await end_by_rule(
                con, self._clock, delivery.workspace_id, id, "disabled", reason
            )
        if ended:
            _log.warning("a webhook is disabled", webhook=delivery.target, reason=reason)


@dataclass(frozen=True, slots=True)
class WebhookFan:
    """Plans what webhooks are told of events."""

    clock: Clock

    async def __call__(
        self, con: Connection, workspace_id: UUID, events: Sequence[FannedEvent]
    ) -> int:
        """Plans it for those that are told of such events; how many deliveries."""
        told = [each for each in events if is_deliverable(each.type)]
        if not told:
            return 0
        places = ([each.position for each in told], [each.id for each in told])
        return await plan_events(con, workspace_id, *places, self.clock())


async def pause_failing(con: Connection, clock: Clock) -> int:
    """Pauses webhooks that nothing has reached for five days, and tells of it; how many."""
    paused = 0
    for workspace_id, id in await con.fetch(sql.FIND_FAILING, clock() - PATIENCE):
        reason = f"Nothing has reached it for {PATIENCE.days} days."
        if await end_by_rule(con, clock, workspace_id, id, "paused", reason):
            _log.warning("a webhook is paused", webhook=str(id))
            paused += 1
    return paused
