"""The ways to the outside that are set up."""

import structlog

from looplane.deliveries.commands import Channels, DueDelivery
from looplane.kit.config import Settings
from looplane.kit.database import Connection
from looplane.messages.sql import find_words

_log = structlog.get_logger("looplane.channels")


class ConsoleChannel:
    """Stands in for mail where nothing sends it: the log has what would have gone out."""

    name = "console"

    async def deliver(self, con: Connection, delivery: DueDelivery) -> None:
        """Writes a delivery into the log, with the words of a message."""
        words = {}
        if delivery.kind == "message":
            words = await find_words(con, delivery.workspace_id, delivery.subject_id)
        _log.info(
            "would be mailed",
            kind=delivery.kind,
            id=str(delivery.subject_id),
            recipient=delivery.target,
            **words,
        )


def set_up_channels(settings: Settings) -> Channels:
    """The channels that `settings` set up, by what they deliver."""
    return {"email": ConsoleChannel()} if settings.console_channel == "on" else {}
