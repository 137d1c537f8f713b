"""Who is told of events."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from looplane.event_feed.schemas import FannedEvent
from looplane.kit.database import Connection


class Fan(Protocol):
    """Plans what is to leave because of events."""

    async def __call__(
        self, con: Connection, workspace_id: UUID, events: Sequence[FannedEvent]
    ) -> int:
        """Plans it in the transaction that notes that these events are fanned out; how much.

        Of an event that is given once more nothing is planned anew.
        """
        ...
