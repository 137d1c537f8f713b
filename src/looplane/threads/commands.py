"""What can be done with threads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.changes import refuse, settle
from looplane.contacts.commands import find_or_create_contact
from looplane.customer_needs.commands import link_new_thread
from looplane.events import event, kinds
from looplane.kit.answers import Answer, found
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.ids import known_id, new_id
from looplane.kit.references import missing, missing_of, sought
from looplane.threads import rules, sql
from looplane.threads.schemas import ExpandQuery, ThreadCreate, ThreadPatch

_ROW = [
    "title",
    "text",
    "pain_level",
    "state",
    "snoozed_until",
    "last_snoozed_until",
    "last_state_change_at",
    "is_read",
    "contact_id",
    "company_id",
    "assignee_id",
    "ai_draft_html",
    "ai_draft_sources",
    "ai_draft_generated_at",
    "ai_draft_started_at",
    "ai_draft_error_at",
]


async def update_thread(con: Connection, by: By, id: UUID, patch: ThreadPatch) -> Answer:
    """Changes a thread. Raises NotFound, PreconditionFailed, ValidationFailed."""
    sent = patch.model_dump(exclude_unset=True)
    named = _named(sent)

    async def attempt() -> Answer | None:
        row = await sql.find(con, by, id, **named)
        by.check(row["version"])
        before = _before(row)
        contact = named["contact_id"] and row["contact_found"]
        faults = _faults(sent, row) + missing(sent, "contact_id", "contact", contact)
        faults += missing_of("tag_ids", sent.get("tag_ids", ()), "tag", row["tags_found"] or ())
        refuse(faults + rules.state_faults(before, sent, by.now))
        after = rules.apply(before, sent, row["target_company_id"], by.now)
        if after == before:
            answer = await sql.get_thread(con, by, id, ExpandQuery())
            return answer if answer.version == row["version"] else None
        return await _write(con, by, id, row, before, after, sent)

    return await settle(con, attempt, lambda: con.execute(sql.LOCK, by.workspace_id, id))


async def create_thread(con: Connection, by: By, thread: ThreadCreate) -> Answer:
    """Makes a thread, and its contact when the address is new. Raises ValidationFailed."""
    sent = thread.model_dump(exclude_unset=True)
    there = await sql.find_named(con, by, sent)
    faults = _faults(sent, there) + missing(sent, "issue_id", "issue", there["issue_found"])
    refuse(faults + rules.creation_faults(sent, by.now))
    id = new_id()
    async with con.transaction():
        contact, recorded = await find_or_create_contact(
            con, by, thread.contact_email, thread.contact_name, there["company_found"]
        )
        links = {"company_id": there["company_found"] or contact["company_id"]}
        links |= {"contact_id": contact["id"], "assignee_id": sought(sent, "assignee_id")}
        created = {**thread.model_dump(), **rules.created(sent, by.now), **links}
        await sql.insert(con, by, id, {**created, "external_ids": sent.get("external_ids", {})})
        told = rules.notices(sent.get("notify", {}), links["assignee_id"], there["watchers"] or [])
        made = event(by, "thread.created", id, notify=told or None)
        linked = {"project_id": there["project_found"], "issue_id": there["issue_found"]}
        recorded = (*recorded, "thread.created", *await link_new_thread(con, by, id, **linked))
        args = (by.workspace_id, id, by.member_id, [made])
        row = found(await con.fetchrow(sql.RECORD, *args), sql.noun)
    return Answer(row["body"], row["version"], recorded, _planned(told))


async def wake_due_threads(con: Connection, now: datetime) -> int:
    """Opens up to 1,000 snoozed threads whose time has come, in all workspaces; says how many.

    Each in a transaction of its own: one that fails, or that somebody else holds, keeps no other
    asleep. When the others are awake, raises an ExceptionGroup of what failed.
    """
    woken, failed = 0, []
    for workspace_id, id in await con.fetch(sql.FIND_DUE, now, 1000):
        try:
            by = By(workspace_id, {"type": "rule", "id": "snooze"}, now)
            woken += await _wake_thread(con, by, id)
        except Exception as error:
            if con.is_closed():
                raise
            error.add_note(f"thread {id} of workspace {workspace_id}")
            failed.append(error)
    if failed:
        msg = "threads that cannot be woken"
        raise ExceptionGroup(msg, failed)
    return woken


async def _wake_thread(con: Connection, by: By, id: UUID) -> bool:
    """False for a thread that is no longer due, or that somebody holds now."""
    async with con.transaction():
        if await con.fetchval(sql.LOCK_DUE, by.workspace_id, id, by.now) is None:
            return False
        row = await sql.find(con, by, id)
        before = _before(row)
        await _write(con, by, id, row, before, {**before, **rules.woken(by.now)}, {})
    return True


def _named(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The ids that a PATCH names, as far as they can be ids of ours."""
    named: dict[str, Any] = {
        field: sought(sent, field)
        for field in ("assignee_id", "contact_id", "company_id", "project_id")
    }
    if "tag_ids" in sent:
        named["tag_ids"] = [id for id in map(known_id, set(sent["tag_ids"])) if id]
    named["company_matters"] = "contact_id" in sent or "company_id" in sent
    named["project_matters"] = "project_id" in sent
    return {**named, "watchers": bool(sent.get("notify", {}).get("email"))}


def _before(row: Row) -> rules.Thread:
    return {
        **{name: row[name] for name in _ROW},
        "tag_ids": frozenset(row["tag_ids"]),
        "project_id": row["project_id"],
        "linked_project_ids": frozenset(row["linked_project_ids"]),
        # Of the contact that the thread is to have.
        "contact_company_id": row["target_company_id"],
    }


def _faults(sent: Mapping[str, Any], row: Row) -> list[str]:
    """What is named in the PATCH and is not there."""
    faults = missing(sent, "assignee_id", "member", row["assignee_role"])
    if row["assignee_role"] == "VIEWER":
        faults.append("assignee_id: a VIEWER cannot be assigned")
    faults += missing(sent, "company_id", "company", row["company_found"])
    return faults + missing(sent, "project_id", "project", row["project_found"])


async def _write(  # noqa: PLR0913  # what was read, what is to be, and why
    con: Connection,
    by: By,
    id: UUID,
    row: Row,
    before: rules.Thread,
    after: rules.Thread,
    sent: Mapping[str, Any],
) -> Answer | None:
    """The one atomic call; None when the thread has moved."""
    need_id = new_id()
    told = rules.notices(sent.get("notify", {}), after["assignee_id"], row["watchers"] or [])
    recorded = _events(by, id, before, after, told, (row["need_id"], need_id))
    body = await con.fetchval(
        sql.UPDATE,
        by.workspace_id,
        id,
        row["version"],
        by.now,
        recorded,
        by.member_id,
        *[after[name] for name in _ROW],
        after["tag_ids"] if after["tag_ids"] != before["tag_ids"] else None,
        after["contact_company_id"] != before["contact_company_id"],
        after["project_id"] != before["project_id"],
        after["project_id"],
        need_id,
    )
    return body and Answer(body, row["version"] + 1, kinds(recorded), _planned(told))


def _planned(told: list[dict[str, object]]) -> dict[str, str]:
    """No channel can be set up yet; the event keeps who was to be told."""
    planned = ", ".join(f"{each['channel']}=not_configured" for each in told)
    return {"X-Looplane-Notify": planned} if planned else {}


def _events(  # noqa: PLR0913  # all that happens in one write
    by: By,
    id: UUID,
    before: rules.Thread,
    after: rules.Thread,
    told: list[dict[str, object]],
    needs: tuple[UUID | None, UUID],
) -> list[dict[str, object]]:
    diff = rules.difference(before, after)
    recorded = [event(by, kind, id, *diff) for kind in rules.events_of(before, after)]
    recorded[0]["notify"] = told or None
    if after["contact_company_id"] != before["contact_company_id"]:
        was, is_ = ({"company_id": each["contact_company_id"]} for each in (before, after))
        recorded.append(event(by, "contact.updated", after["contact_id"], was, is_))
    if after["project_id"] != before["project_id"]:
        if before["project_id"] and needs[0]:
            recorded.append(event(by, "customer_need.deleted", needs[0]))
        if after["project_id"]:
            recorded.append(event(by, "customer_need.created", needs[1]))
    return recorded
