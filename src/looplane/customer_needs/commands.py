"""What can be done with customer needs. The version that counts is the thread's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from looplane.changes import refuse
from looplane.customer_needs import sql
from looplane.customer_needs.schemas import CustomerNeedCreate
from looplane.events import changed, event, kinds
from looplane.kit.answers import Answer, found
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.ids import known_id, new_id
from looplane.kit.references import missing_of
from looplane.threads import sql as threads

# What is asked for: a project or an issue.
Wish = tuple[UUID | None, UUID | None]


async def link_new_thread(
    con: Connection, by: By, thread_id: UUID, project_id: UUID | None, issue_id: UUID | None
) -> tuple[str, ...]:
    """The needs that a thread is born with; says the types of the events."""
    wishes: list[Wish] = [(project_id, None)] if project_id else []
    wishes += [(None, issue_id)] if issue_id else []
    return await _insert(con, by, thread_id, wishes, 0.0, by_field=True)


async def create_customer_needs(
    con: Connection, by: By, thread_id: UUID, asked: CustomerNeedCreate
) -> Answer:
    """Links a thread to projects and issues; what is linked already keeps its need.

    Raises NotFound, PreconditionFailed, ValidationFailed.
    """
    sent = asked.model_dump(exclude_unset=True)
    projects, issues = (_ids(sent.get(field, ())) for field in ("project_ids", "issue_ids"))
    async with con.transaction():
        await _lock(con, by, thread_id)
        rows = await sql.find_named(con, by, thread_id, projects, issues)
        refuse(_faults(sent, rows))
        told = await _link(con, by, thread_id, rows, sent.get("priority"))
        bodies, version = await sql.list_needs(con, by, thread_id, projects, issues)
    return Answer(f'{{"data":[{",".join(bodies)}]}}', version, told)


async def delete_customer_need(con: Connection, by: By, thread_id: UUID, id: UUID) -> Answer:
    """Removes a need from its thread for good. Raises NotFound, PreconditionFailed."""
    recorded = [event(by, "customer_need.deleted", id)]
    async with con.transaction():
        version = await _lock(con, by, thread_id)
        found(await con.fetchval(sql.DELETE, by.workspace_id, thread_id, id, recorded), sql.noun)
        await con.execute(threads.TOUCH, by.workspace_id, thread_id, by.now)
    return Answer(f'{{"id":"{id}","deleted":true}}', version + 1, kinds(recorded))


async def _lock(con: Connection, by: By, thread_id: UUID) -> int:
    """Holds the thread; says its version. Raises NotFound, PreconditionFailed."""
    version = await con.fetchval(threads.LOCK, by.workspace_id, thread_id)
    by.check(found(version, threads.noun))
    return int(version)


def _ids(names: Sequence[str]) -> list[UUID]:
    return [id for id in map(known_id, set(names)) if id]


def _faults(sent: dict[str, Any], rows: Sequence[Row]) -> list[str]:
    """What is named and is not there."""
    return [
        fault
        for noun in ("issue", "project")
        for fault in missing_of(
            f"{noun}_ids", sent.get(f"{noun}_ids", ()), noun, [row[f"{noun}_id"] for row in rows]
        )
    ]


async def _link(
    con: Connection, by: By, thread_id: UUID, rows: Sequence[Row], priority: float | None
) -> tuple[str, ...]:
    """Makes the needs that are missing, changes those that differ; says the types of the events."""
    wishes = [(row["project_id"], row["issue_id"]) for row in rows if row["id"] is None]
    differing = {row["id"]: diff for row in rows if row["id"] and any(diff := _diff(row, priority))}
    if not wishes and not differing:
        return ()
    await con.execute(threads.TOUCH, by.workspace_id, thread_id, by.now)
    told = await _insert(con, by, thread_id, wishes, priority or 0.0, by_field=False)
    if not differing:
        return told
    await con.execute(sql.UPDATE, by.workspace_id, list(differing), by.now, priority)
    was, is_ = ({str(id): diff[i] for id, diff in differing.items()} for i in (0, 1))
    diff = {"customer_needs": was}, {"customer_needs": is_}
    recorded = [event(by, "thread.updated", thread_id, *diff)]
    await con.execute(threads.RECORD, by.workspace_id, thread_id, by.member_id, recorded)
    return told + kinds(recorded)


def _diff(row: Row, priority: float | None) -> tuple[Any, Any]:
    """How a need that is there differs from one that was asked for with `priority`."""
    before = {"priority": row["priority"], "by_field": row["by_field"]}
    kept = before["priority"] if priority is None else priority
    return changed(before, {"priority": kept, "by_field": False})


async def _insert(  # noqa: PLR0913  # what a need is made of
    con: Connection,
    by: By,
    thread_id: UUID,
    wishes: Sequence[Wish],
    priority: float,
    *,
    by_field: bool,
) -> tuple[str, ...]:
    if not wishes:
        return ()
    ids = [new_id() for _ in wishes]
    recorded = [event(by, "customer_need.created", id) for id in ids]
    columns = (priority, by_field, ids, *map(list, zip(*wishes, strict=True)))
    await con.execute(sql.INSERT, by.workspace_id, thread_id, by.now, recorded, *columns)
    return kinds(recorded)
