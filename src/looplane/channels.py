"""The ways to the outside that are set up."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import structlog

from looplane.delivery.fan_out.schemas import Fan
from looplane.delivery.schemas import Attempted, Channels, DueDelivery
from looplane.delivery.webhook.commands import WebhookChannel, WebhookFan
from looplane.kit.clock import Clock, system_clock
from looplane.kit.config import Settings
from looplane.kit.connections import raise_file_limit
from looplane.kit.database import Connection, Database
from looplane.kit.errors import NotFound
from looplane.kit.outbound import Outbound
from looplane.kit.secrets import Secrets
from looplane.messages.sql import find_words
from looplane.sessions.links.commands import issue_mailed_link
from looplane.sessions.links.rules import link_address

_log = structlog.get_logger("looplane.channels")


class ConsoleChannel:
    """Stands in for mail where nothing sends it: the log has what would have gone out."""

    name = "console"
    most_at_once = 10
    seconds = 10.0

    def __init__(self, site: str) -> None:
        self._site = site

    async def load(self, con: Connection, deliveries: Sequence[DueDelivery]) -> Mapping[UUID, Any]:
        """The words of messages, and the links of mails that sign in."""
        loaded = {}
        for each in deliveries:
            try:
                loaded[each.id] = await self._words(con, each)
            except NotFound:
                continue  # gone
        return loaded

    async def _words(self, con: Connection, delivery: DueDelivery) -> dict[str, Any]:
        subject = (delivery.workspace_id, delivery.subject_id)
        if delivery.kind == "message":
            return await find_words(con, *subject)
        if delivery.kind == "sign_in_link":
            token = await issue_mailed_link(con, *subject, system_clock())
            return {"link": link_address(self._site, "sign_in", token)}
        return {}

    async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:  # noqa: ANN401  # as loaded
        """Writes a delivery into the log."""
        _log.info(
            "would be mailed",
            kind=delivery.kind,
            id=str(delivery.subject_id),
            recipient=delivery.target,
            **loaded,
        )
        return Attempted("delivered")


def set_up_channels(settings: Settings) -> Channels:
    """The channels that `settings` set up, by what they deliver."""
    return {"email": ConsoleChannel(settings.address)} if settings.console_channel == "on" else {}


@asynccontextmanager
async def open_channels(
    database: Database, settings: Settings, clock: Clock
) -> AsyncIterator[Channels]:
    """All channels, as a worker has them; their connections end with this."""
    # As many requests are open as there are attempts: one target never waits for another one.
    raise_file_limit()
    outbound = Outbound(settings.outbound_allow, connections=None)
    webhook = WebhookChannel(database, outbound, Secrets(settings), clock)
    try:
        yield {**set_up_channels(settings), "webhook": webhook}
    finally:
        await outbound.aclose()


def set_up_fans(_settings: Settings, clock: Clock) -> Sequence[Fan]:
    """Those who plan what is to leave because of events."""
    return (WebhookFan(clock),)
