"""What can be done with workspaces."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict, NotFound
from looplane.kit.ids import new_id, parse_id
from looplane.workspaces import rules, sql

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


# The id of what the demo starts with, by what it is and how it is called.
IdOf = Callable[[str, str], UUID | None]


async def add_workspace(
    con: Connection, name: str, now: datetime, demo_ids: IdOf | None = None
) -> UUID:
    """Makes a workspace as `create_workspace` does. Raises Conflict for a name that one has."""
    async with con.transaction():
        await con.execute(sql.LOCK)
        await _require_free(con, name)
        return await create_workspace(con, name, now, demo_ids)


async def create_workspace(
    con: Connection, name: str, now: datetime, demo_ids: IdOf | None = None
) -> UUID:
    """Makes a workspace with a team, statuses and tiers to start with, whoever is called so.

    It is a demo where these have the ids of one. Answers its id.
    """
    id_of = demo_ids or _any_id
    id, team_id = new_id(), id_of("team", name)
    rows, typed = partial(_rows, id_of), ("name", "type", "color")
    project_statuses = rows("project_status", _PROJECT_STATUSES, typed)
    workflow_states = rows("workflow_state", _WORKFLOW_STATES, typed)
    company_statuses = rows("company_status", _COMPANY_STATUSES, ("name", "color"))
    company_tiers = rows("company_tier", _COMPANY_TIERS, ("name",))
    async with con.transaction():
        await con.execute(sql.INSERT, id, name, now, demo_ids is not None)
        await con.execute(sql.INSERT_TEAM, id, team_id, name, now)
        await con.execute(sql.INSERT_PROJECT_STATUSES, id, project_statuses)
        await con.execute(sql.INSERT_WORKFLOW_STATES, id, workflow_states, team_id)
        await con.execute(sql.INSERT_COMPANY_STATUSES, id, company_statuses)
        await con.execute(sql.INSERT_COMPANY_TIERS, id, company_tiers)
    return id


async def get_workspace(con: Connection, text: str) -> Row:
    """The workspace with this id, or else with exactly this name, archived or not.

    Answers `id`, `name`, `archived_at` and `deletion_began_at`. Raises NotFound, and Conflict when
    several are called so.
    """
    rows = await con.fetch(sql.FIND_BY_ID_OR_NAME, parse_id(text), text)
    if found := [row for row in rows if str(row["id"]) == text.lower()]:
        return found[0]
    if not rows:
        msg = (
            f"There is no workspace «{text}»;"
            " `looplane workspace list --archived` shows those there are."
        )
        raise NotFound(msg)
    if len(rows) > 1:
        ids = ", ".join(str(row["id"]) for row in rows)
        msg = f"{len(rows)} workspaces are called «{text}»; say which by its id: {ids}."
        raise Conflict(msg)
    return rows[0]


async def find_workspace(con: Connection, text: str) -> UUID:
    """The id of the same."""
    id: UUID = (await get_workspace(con, text))["id"]
    return id


async def find_live_workspace(con: Connection, text: str) -> UUID:
    """The id of the same. Raises Conflict for one that is archived."""
    found = await get_workspace(con, text)
    rules.require_live(found)
    id: UUID = found["id"]
    return id


async def list_workspaces(con: Connection, *, archived: bool = False) -> list[dict[str, Any]]:
    """The workspaces, the first made first; the archived ones only if asked for.

    Each has `id`, `name`, `is_demo`, `created_at`, `archived_at` and `deletion_began_at`.
    """
    return [orjson.loads(row["body"]) for row in await con.fetch(sql.LIST, archived)]


async def find_demo(con: Connection) -> Row | None:
    """The demo, as `get_workspace` answers it, if there is one."""
    return await con.fetchrow(sql.FIND_DEMO)


async def rename_workspace(con: Connection, id: UUID, name: str) -> None:
    """Gives a workspace another name. Raises Conflict for one that another one has."""
    async with con.transaction():
        await con.execute(sql.LOCK)
        await _require_free(con, name, besides=id)
        await con.execute(sql.RENAME, id, name)


async def archive_workspace(con: Connection, id: UUID, now: datetime) -> None:
    """Lets a workspace rest: nobody is let in, and nothing happens in it by itself."""
    await con.execute(sql.ARCHIVE, id, now)


async def unarchive_workspace(con: Connection, found: Row) -> None:
    """Ends that; what was due meanwhile is done now. Raises Conflict for one that is deleted."""
    rules.require_whole(found)
    await con.execute(sql.UNARCHIVE, found["id"])


async def _require_free(con: Connection, name: str, besides: UUID | None = None) -> None:
    if (id := await con.fetchval(sql.FIND_NAMED, name, besides)) is not None:
        msg = (
            f"There already is a workspace «{name}»; choose another name, or give that one another:"
            f" `looplane workspace rename {id} NAME`."
        )
        raise Conflict(msg)


def _any_id(_noun: str, _name: str) -> UUID:
    return new_id()


def _rows(
    id_of: IdOf, noun: str, values: tuple[tuple[str, ...], ...], columns: tuple[str, ...]
) -> list[dict[str, object]]:
    return [
        {"id": id_of(noun, each[0]), "position": position, **dict(zip(columns, each, strict=True))}
        for position, each in enumerate(values)
    ]
