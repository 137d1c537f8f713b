"""How a changelog is sent to those who have subscribed."""

from uuid import UUID

from looplane import changes
from looplane.broadcasts import rules, sql
from looplane.broadcasts.schemas import ChangelogBroadcastCreate
from looplane.changelogs.sql import CHANGELOG
from looplane.deliveries.commands import plan_delivery
from looplane.deliveries.schemas import NewDelivery
from looplane.events import Event, as_write, types_of
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import Conflict
from looplane.kit.ids import new_id
from looplane.kit.responses import Answer, or_404


async def broadcast_changelog(
    con: Connection, context: Context, id: UUID, broadcast: ChangelogBroadcastCreate
) -> Answer:
    """Plans what is to leave by each channel, all of one write; nothing takes it back.

    Raises NotFound, PreconditionFailed, ValidationFailed, and Conflict where readers could not see
    it, and while an earlier one has not left yet.
    """
    sent, broadcast_id = broadcast.model_dump(), new_id()
    channels, key = rules.chosen_channels(sent), (context.workspace_id, id)
    async with con.transaction():
        held = await changes.lock(con, context, CHANGELOG, id)
        context.raise_faults(rules.channel_faults(sent, context.channels))
        row = or_404(await con.fetchrow(sql.FIND, *key, channels), CHANGELOG.noun)
        if (refusal := rules.refusal(row)) is not None:
            raise Conflict(refusal)
        now = later_than(held["updated_at"], context.clock)
        before, after = {"broadcast_at": row["broadcast_at"]}, {"broadcast_at": now}
        types = (CHANGELOG.event_type("updated"), CHANGELOG.event_type("broadcast"))
        events = [Event(each, id, before, after) for each in types]
        write = as_write(context, now, events)
        of = {"id": broadcast_id, "changelog_id": id, "event_id": write["events"][0]["id"]}
        columns = {**sent, **of, "recipients": row["recipients"], "created_at": now}
        body = await con.fetchval(sql.INSERT, context.workspace_id, columns)
        for channel in channels:
            target = rules.TARGETS[channel]
            delivery = NewDelivery("broadcast", channel, target, broadcast_id)
            await plan_delivery(con, context, write, delivery)
        await con.execute(CHANGELOG.update, *key, held["version"], after, write)
    return Answer(body, held["version"] + 1, types_of(events))
