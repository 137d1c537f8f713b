"""What a member chooses of notices. It is theirs alone, and no event tells."""

from datetime import datetime

import orjson

from looplane.kit.clock import iso, later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.responses import Answer, or_404
from looplane.notices.settings import rules, sql
from looplane.notices.settings.schemas import NoticeSettingsPatch


async def get_settings(con: Connection, context: Context) -> Answer:
    """What the member chose, with what is so for everybody. Raises NotFound."""
    row = await con.fetchrow(sql.FIND, context.workspace_id, context.member_id)
    return _answer(or_404(row, "member"))


async def update_settings(con: Connection, context: Context, patch: NoticeSettingsPatch) -> Answer:
    """Changes what the member chose. Raises NotFound, ValidationFailed."""
    sent = patch.model_dump(exclude_unset=True, by_alias=True)
    channels = sent.get("channels", {})
    context.raise_faults(
        [*rules.channel_faults(channels), *rules.quiet_faults(sent.get("quiet_hours"))]
    )
    key = (context.workspace_id, context.member_id)
    async with con.transaction():
        await con.execute(sql.HOLD, *key)
        row = or_404(await con.fetchrow(sql.FIND, *key), "member")
        merged = rules.merged_channels(row["channels"], channels)
        quiet = row["quiet_hours"]
        if "quiet_hours" in sent:
            quiet = rules.stored_quiet_hours(sent["quiet_hours"])
        if (merged, quiet) != (row["channels"], row["quiet_hours"]):
            now = _now(context, row)
            await con.execute(sql.STORE, *key, merged, quiet, now)
        if "watches_new_threads" in sent:
            await con.execute(sql.WATCH, *key, sent["watches_new_threads"])
        return await get_settings(con, context)


def _now(context: Context, row: Row) -> datetime:
    return later_than(row["updated_at"], context.clock) if row["updated_at"] else context.clock()


def _answer(row: Row) -> Answer:
    shown = {
        "watches_new_threads": row["watches_new_threads"],
        "channels": {
            reason: {each: each in rules.chosen(row["channels"], reason) for each in rules.CHANNELS}
            for reason in rules.REASONS
        },
        "quiet_hours": row["quiet_hours"],
        "updated_at": iso(row["updated_at"]) if row["updated_at"] else None,
    }
    return Answer(orjson.dumps(shown).decode())
