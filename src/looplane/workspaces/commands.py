"""What can be done with workspaces."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from looplane.kit.database import Connection
from looplane.kit.errors import Conflict, NotFound
from looplane.kit.ids import new_id, parse_id
from looplane.workspaces import sql

_PROJECT_STATUSES = (
    ("Backlog", "backlog", "#94a3b8"),
    ("Planned", "planned", "#6366f1"),
    ("In progress", "started", "#f59e0b"),
    ("Shipped", "completed", "#22c55e"),
    ("Canceled", "canceled", "#64748b"),
)
_WORKFLOW_STATES = (
    ("Triage", "triage", "#f97316"),
    ("Backlog", "backlog", "#94a3b8"),
    ("Todo", "unstarted", "#cbd5e1"),
    ("In progress", "started", "#f59e0b"),
    ("Done", "completed", "#22c55e"),
    ("Canceled", "canceled", "#64748b"),
)
_COMPANY_STATUSES = (
    ("Prospect", "#94a3b8"),
    ("Trial", "#6366f1"),
    ("Active", "#22c55e"),
    ("Churned", "#ef4444"),
)
_COMPANY_TIERS = (("Free",), ("Team",), ("Business",), ("Enterprise",))


async def create_workspace(con: Connection, name: str, now: datetime) -> UUID:
    """Makes a workspace with a team, statuses and tiers to start with; its id."""
    id, team_id = new_id(), new_id()
    typed = ("name", "type", "color")
    async with con.transaction():
        await con.execute(sql.INSERT, id, name, now)
        await con.execute(sql.INSERT_TEAM, id, team_id, name, now)
        await con.execute(sql.INSERT_PROJECT_STATUSES, id, _rows(_PROJECT_STATUSES, typed))
        await con.execute(sql.INSERT_WORKFLOW_STATES, id, _rows(_WORKFLOW_STATES, typed), team_id)
        statuses = _rows(_COMPANY_STATUSES, ("name", "color"))
        await con.execute(sql.INSERT_COMPANY_STATUSES, id, statuses)
        await con.execute(sql.INSERT_COMPANY_TIERS, id, _rows(_COMPANY_TIERS, ("name",)))
    return id


async def find_workspace(con: Connection, text: str) -> UUID:
    """The workspace with this id, or else with exactly this name.

    Raises NotFound, and Conflict when several are called so.
    """
    rows = await con.fetch(sql.FIND_BY_ID_OR_NAME, parse_id(text), text)
    ids = [str(row["id"]) for row in rows]
    if text in ids:
        return UUID(text)
    if not ids:
        msg = f"There is no workspace «{text}»; `looplane workspace list` shows those there are."
        raise NotFound(msg)
    if len(ids) > 1:
        msg = f"{len(ids)} workspaces are called «{text}»; say which by its id: {', '.join(ids)}."
        raise Conflict(msg)
    return UUID(ids[0])


async def list_workspaces(con: Connection) -> list[dict[str, Any]]:
    """All workspaces, the first made first: `id`, `name`, `created_at`."""
    return [orjson.loads(row["body"]) for row in await con.fetch(sql.LIST)]


def _rows(values: tuple[tuple[str, ...], ...], columns: tuple[str, ...]) -> list[dict[str, object]]:
    return [
        {"id": new_id(), "position": position, **dict(zip(columns, each, strict=True))}
        for position, each in enumerate(values)
    ]
