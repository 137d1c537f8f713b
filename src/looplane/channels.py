"""The ways to the outside that are set up."""

import structlog

from looplane.deliveries.commands import Channels, DueDelivery
from looplane.kit.clock import system_clock
from looplane.kit.config import Settings
from looplane.kit.database import Connection
from looplane.messages.sql import find_words
from looplane.sessions.links.commands import issue_mailed_link
from looplane.sessions.links.rules import link_address

_log = structlog.get_logger("looplane.channels")


class ConsoleChannel:
    """Stands in for mail where nothing sends it: the log has what would have gone out."""

    name = "console"

    def __init__(self, site: str) -> None:
        self._site = site

    async def deliver(self, con: Connection, delivery: DueDelivery) -> None:
        """Writes a delivery into the log, with the words of a message, or the link of a mail."""
        words = {}
        subject = (delivery.workspace_id, delivery.subject_id)
        if delivery.kind == "message":
            words = await find_words(con, *subject)
        elif delivery.kind == "sign_in_link":
            token = await issue_mailed_link(con, *subject, system_clock())
            words = {"link": link_address(self._site, "sign_in", token)}
        _log.info(
            "would be mailed",
            kind=delivery.kind,
            id=str(delivery.subject_id),
            recipient=delivery.target,
            **words,
        )


def set_up_channels(settings: Settings) -> Channels:
    """The channels that `settings` set up, by what they deliver."""
    return {"email": ConsoleChannel(settings.address)} if settings.console_channel == "on" else {}
