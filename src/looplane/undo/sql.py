"""Every statement on the writes that are to be taken back."""

from typing import Any
from uuid import UUID

import orjson

from looplane.inverses import PastEvent, first_id_before
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row

# What a write did, without the resources: these may be large. $1 workspace, $2 write, $3 the first
# id that its events can have, which prunes the months before it.
FIND_WRITE = """
select position, id, type, subject_id, actor, created_at from events
where workspace_id = $1 and write_id = $2 and id >= $3 order by position, id"""

# … and what it did in one transaction, the position $4.
FIND_GROUP = """
select id, type, subject_id, aggregate_id, version, before, after, internal_before, visible_to,
  coalesce(data_event_id, id) as data_event_id, data
from events where workspace_id = $1 and write_id = $2 and id >= $3 and position = $4 order by id"""


async def find_write(con: Connection, context: Context, id: UUID) -> list[Row]:
    """The events of a write, in the order in which it made them."""
    rows: list[Row] = await con.fetch(FIND_WRITE, context.workspace_id, id, first_id_before(id))
    return rows


async def find_group(con: Connection, context: Context, id: UUID, position: int) -> list[PastEvent]:
    """What a write did in one transaction, in the order in which it was made."""
    args = (context.workspace_id, id, first_id_before(id), position)
    rows = await con.fetch(FIND_GROUP, *args)
    shown = {row["id"]: orjson.loads(row["data"]) for row in rows if row["data"] is not None}
    types: dict[UUID, set[str]] = {}
    for row in rows:
        types.setdefault(row["aggregate_id"], set()).add(row["type"])
    beside = frozenset(row["type"] for row in rows)
    return [
        PastEvent(
            row["type"],
            row["subject_id"],
            row["aggregate_id"],
            row["version"],
            **{name: _told(row[name]) for name in ("before", "after", "internal_before")},
            data=shown.get(row["data_event_id"], {}),
            write_types=frozenset(types[row["aggregate_id"]]),
            beside=beside,
            id=row["id"],
            write_id=id,
            visible_to=row["visible_to"],
        )
        for row in rows
    ]


def _told(values: dict[str, Any] | None) -> dict[str, Any]:
    return values or {}
