"""What is to leave for the outside is planned here, in the write that it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from looplane.deliveries import sql
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import new_id

DeliveryKind = Literal["message", "broadcast", "invite", "notice"]
DeliveryChannel = Literal["email", "slack", "live_chat", "teams"]


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What is to be delivered; `target` is to whom or where, as the channel spells it."""

    kind: DeliveryKind
    channel: DeliveryChannel
    target: str
    subject_id: UUID
    thread_id: UUID | None = None


async def plan_delivery(
    con: Connection, context: Context, write: Mapping[str, Any], delivery: NewDelivery
) -> UUID:
    """Plans a delivery in the transaction of `write` (see `events.as_write`); its id.

    It belongs to the first event of the write.
    """
    id = new_id()
    what = (delivery.kind, delivery.channel, delivery.target, delivery.subject_id)
    of = (write["events"][0]["id"], *what, delivery.thread_id, write["created_at"])
    await con.execute(sql.INSERT, context.workspace_id, id, *of)
    return id
