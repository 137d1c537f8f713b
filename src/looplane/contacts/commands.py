"""What can be done with contacts."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

import asyncpg

from looplane import changes
from looplane.changes import refuse
from looplane.contacts import sql
from looplane.contacts.schemas import ContactCreate, ContactPatch
from looplane.kit.answers import Answer, found
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.errors import Conflict
from looplane.kit.references import missing, sought

_SELECTORS = ("company_id", "company_name", "company_external_id")


async def create_contact(con: Connection, by: By, contact: ContactCreate) -> Answer:
    """Makes a contact. Raises ValidationFailed, and Conflict when the address is taken."""
    sent = contact.model_dump(exclude_unset=True)
    whole = {**contact.model_dump(), **await _columns(con, by, sent)}
    whole["external_ids"] = sent.get("external_ids", {})
    try:
        return await changes.create(con, by, sql, whole)
    except asyncpg.UniqueViolationError:
        raise _taken(contact.email) from None


async def find_or_create_contact(
    con: Connection, by: By, email: str, name: str | None, company_id: UUID | None
) -> tuple[Row, tuple[str, ...]]:
    """The contact with this address, made with name and company if there is none.

    Answers its row (`id`, `company_id`) and the types of the events. Needs a transaction.
    """
    row = await con.fetchrow(sql.FIND_BY_EMAIL, by.workspace_id, email)
    if row is not None:
        return row, ()
    columns = {"email": email, "name": name, "company_id": company_id, "image_url": None}
    try:
        async with con.transaction():  # a savepoint: somebody may make the same contact just now
            made = await changes.create(
                con, by, sql, {**columns, "is_subscribed": True, "external_ids": {}}
            )
    except asyncpg.UniqueViolationError:
        made = Answer("")
    row = await con.fetchrow(sql.FIND_BY_EMAIL, by.workspace_id, email)
    return found(row, sql.noun), made.events


async def update_contact(con: Connection, by: By, id: UUID, patch: ContactPatch) -> Answer:
    """Changes a contact.

    Raises NotFound, PreconditionFailed, ValidationFailed, and Conflict when the address is taken.
    """
    columns = await _columns(con, by, patch.model_dump(exclude_unset=True))
    try:
        return await changes.update(con, by, sql, id, lambda _: columns)
    except asyncpg.UniqueViolationError:
        raise _taken(patch.email) from None


async def delete_contact(con: Connection, by: By, id: UUID) -> Answer:
    """Deletes a contact; its threads stay. Raises NotFound, PreconditionFailed."""
    return await changes.delete(con, by, sql, id)


async def _columns(con: Connection, by: By, sent: Mapping[str, object]) -> dict[str, object]:
    """What was sent, as columns: the company found."""
    columns = {name: value for name, value in sent.items() if name not in _SELECTORS}
    selector = next((name for name in _SELECTORS if name in sent), None)
    if selector is not None:
        columns["company_id"] = await _company(con, by, sent, selector)
    return columns


async def _company(
    con: Connection, by: By, sent: Mapping[str, object], selector: str
) -> UUID | None:
    name, external_id = (cast("str | None", sent.get(each)) for each in _SELECTORS[1:])
    ids = await sql.find_companies(con, by, sought(sent, "company_id"), name, external_id)
    refuse(missing(sent, selector, "company", ids))
    if len(ids) > 1:
        refuse([f"{selector}: several companies are called so; name the one by company_id"])
    return ids[0] if ids else None


def _taken(email: str) -> Conflict:
    return Conflict(f"There is already a contact with the address {email}.")
