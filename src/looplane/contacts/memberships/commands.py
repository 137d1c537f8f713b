"""What can be done with the companies of a contact. The version that counts is the contact's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from looplane import changes
from looplane.contacts.commands import with_company_id
from looplane.contacts.memberships import sql
from looplane.contacts.memberships.schemas import ContactCompanyCreate
from looplane.contacts.sql import CONTACT
from looplane.events import Event, Values, as_write, difference, types_of
from looplane.inverses import Inverses, PastEvent, require_untouched
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import Conflict
from looplane.kit.ids import parse_id
from looplane.kit.references import reference_id, unknown_reference, unknown_references
from looplane.kit.responses import Answer, or_404
from looplane.resource_inverses import hold, inverses_of, revert

_revert_fields = revert(CONTACT)

# As many companies as a contact can be given: they are listed in one page.
MAX_COMPANIES = 200


@dataclass(frozen=True, slots=True)
class _Held:
    """A contact that nobody else can change now, with its companies and since when it has each.

    `now` is of the write.
    """

    id: UUID
    version: int
    now: datetime
    company_id: UUID | None
    company_ids: Sequence[UUID]
    since: Mapping[str, str]

    @property
    def told(self) -> Values:
        """Its companies, as an event tells of them."""
        return {"company_id": self.company_id, "company_ids": list(self.company_ids)}


async def add_company(
    con: Connection, context: Context, contact_id: UUID, body: ContactCompanyCreate
) -> Answer:
    """Makes a contact belong to a company, its primary one where it shows none.

    Raises NotFound, PreconditionFailed, ValidationFailed, and Conflict where it has too many.
    """
    async with con.transaction():
        sent, faults = await with_company_id(con, context, body.model_dump(exclude_unset=True))
        named = reference_id(sent, "company_id")
        id = await con.fetchval(sql.HOLD_COMPANY, context.workspace_id, named)
        contact = await _hold(con, context, contact_id)
        context.raise_faults([*faults, *unknown_reference(sent, "company_id", "company", id)])
        ids = [*contact.company_ids, *({id} - set(contact.company_ids))]
        if len(ids) > max(MAX_COMPANIES, len(contact.company_ids)):
            msg = f"A contact has at most {MAX_COMPANIES} companies."
            raise Conflict(msg)
        becomes = {"company_id": contact.company_id or id, "company_ids": ids}
        await con.execute(sql.INSERT, context.workspace_id, contact_id, id, contact.now)
        events, _ = await _tell(con, context, contact, becomes)
        shown, version = await sql.get_company(con, context, contact_id, id)
    return Answer(shown, version, types_of(events))


async def remove_company(
    con: Connection, context: Context, contact_id: UUID, company_id: UUID
) -> Answer:
    """Makes a contact leave a company; where it was the primary one, the oldest left is now.

    Raises NotFound, PreconditionFailed.
    """
    async with con.transaction():
        contact = await _hold(con, context, contact_id)
        or_404(company_id if company_id in contact.company_ids else None, "company of the contact")
        left = [each for each in contact.company_ids if each != company_id]
        first = left[0] if left else None
        primary = first if contact.company_id == company_id else contact.company_id
        becomes = {"company_id": primary, "company_ids": left}
        events, version = await _tell(con, context, contact, becomes)
        await con.execute(sql.DELETE, context.workspace_id, contact_id, company_id)
    return changes.deleted(company_id, events, version)


async def revert_contact(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
    """Gives a contact the fields, or the companies, that it had before an event.

    Raises Conflict where something newer touched them, and ValidationFailed where one of the
    companies is not there any more.
    """
    if "company_ids" in event.after:
        return await _revert_companies(con, context, event)
    types = await _revert_fields(con, context, event)
    if (company_id := event.after.get("company_id")) is not None:
        # The change had made it a company of the contact, unless it was one.
        args = (context.workspace_id, event.subject_id, parse_id(company_id))
        await con.execute(sql.DELETE_SINCE, *args, event.data["updated_at"])
    return types


async def _revert_companies(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
    await hold(con, context, CONTACT, event)
    contact = await _hold(con, context, event.subject_id)
    await require_untouched(con, context, event, contact.told)
    before = {**contact.told, **event.before}
    ids = [UUID(each) for each in event.before["company_ids"]]
    held = await con.fetch(sql.HOLD_COMPANIES, context.workspace_id, ids)
    there = [row["id"] for row in held]
    context.raise_faults(unknown_references(event.before, "company_ids", "company", there))
    since = event.internal_before.get("since", {})
    for id in ids:
        was = since.get(str(id))
        moment = contact.now if was is None else datetime.fromisoformat(was)
        await con.execute(sql.INSERT, context.workspace_id, contact.id, id, moment)
    primary = before["company_id"]
    becomes = {"company_id": primary and UUID(str(primary)), "company_ids": ids}
    events, _ = await _tell(con, context, contact, becomes)
    for id in set(contact.company_ids) - set(ids):
        await con.execute(sql.DELETE, context.workspace_id, contact.id, id)
    return types_of(events)


async def _hold(con: Connection, context: Context, id: UUID) -> _Held:
    row = await changes.lock(con, context, CONTACT, id)
    now = later_than(row["updated_at"], context.clock)
    found = or_404(await con.fetchrow(sql.FIND, context.workspace_id, id), CONTACT.noun)
    companies = (found["company_id"], found["company_ids"], found["since"] or {})
    return _Held(id, row["version"], now, *companies)


async def _tell(
    con: Connection, context: Context, contact: _Held, becomes: Values
) -> tuple[list[Event], int]:
    """Writes the contact with the primary company that it has now, and the event of it.

    Nothing where nothing changes. The events, and the version.
    """
    before, after = difference(contact.told, becomes)
    if not after:
        return [], contact.version
    untold = {"since": contact.since}
    events = [Event("contact.updated", contact.id, before, after, internal_before=untold)]
    columns = {name: value for name, value in after.items() if name == "company_id"}
    write = as_write(context, contact.now, events)
    args = (context.workspace_id, contact.id, contact.version, columns, write)
    await con.execute(CONTACT.update, *args)
    return events, contact.version + 1


INVERSES: Inverses = {
    **inverses_of(CONTACT),
    CONTACT.event_type("updated"): revert_contact,
}
