"""What can be done with workspaces."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
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


# The id of what a workspace starts with, by what it is and how it is called.
IdOf = Callable[[str, str], UUID | None]


def _any_id(_noun: str, _name: str) -> UUID:
    return new_id()


async def create_workspace(
    con: Connection, name: str, now: datetime, id_of: IdOf = _any_id
) -> UUID:
    """Makes a workspace with a team, statuses and tiers to start with; its id."""
    id, team_id = new_id(), id_of("team", name)
    rows, typed = partial(_rows, id_of), ("name", "type", "color")
    project_statuses = rows("project_status", _PROJECT_STATUSES, typed)
    workflow_states = rows("workflow_state", _WORKFLOW_STATES, typed)
    company_statuses = rows("company_status", _COMPANY_STATUSES, ("name", "color"))
    company_tiers = rows("company_tier", _COMPANY_TIERS, ("name",))
    async with con.transaction():
        await con.execute(sql.INSERT, id, name, now)
        await con.execute(sql.INSERT_TEAM, id, team_id, name, now)
        await con.execute(sql.INSERT_PROJECT_STATUSES, id, project_statuses)
        await con.execute(sql.INSERT_WORKFLOW_STATES, id, workflow_states, team_id)
        await con.execute(sql.INSERT_COMPANY_STATUSES, id, company_statuses)
        await con.execute(sql.INSERT_COMPANY_TIERS, id, company_tiers)
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


def _rows(
    id_of: IdOf, noun: str, values: tuple[tuple[str, ...], ...], columns: tuple[str, ...]
) -> list[dict[str, object]]:
    return [
        {"id": id_of(noun, each[0]), "position": position, **dict(zip(columns, each, strict=True))}
        for position, each in enumerate(values)
    ]
