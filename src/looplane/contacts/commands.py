"""What can be done with contacts, beside what can be done with every thing."""

from typing import Any
from uuid import UUID

from looplane import changes, queries
from looplane.contacts import sql
from looplane.contacts.schemas import ContactCreate, ContactPatch, ContactQuery
from looplane.events import Values
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.domains import own_domains
from looplane.kit.errors import Conflict
from looplane.kit.ids import parse_id
from looplane.kit.references import unknown_reference
from looplane.kit.responses import Answer, or_404

# The other ways to name a contact's company than its id.
_SELECTORS = ("company_name", "company_external_id")


async def list_contacts(con: Connection, context: Context, query: ContactQuery) -> Answer:
    """A page of contacts; those of a company are all who belong to it. Raises Unprocessable."""
    conditions = await queries.conditions_of(con, context, sql.CONTACT, query)
    if query.company_id is None:
        return Answer(await sql.CONTACT.listing.fetch(con, conditions, query))
    conditions.add(sql.OF_COMPANY, parse_id(query.company_id))
    return Answer(await sql.MEMBERS.fetch(con, conditions, query))


async def create_contact(con: Connection, context: Context, contact: ContactCreate) -> Answer:
    """Makes a contact; one that names no company joins the one that owns its domain.

    Raises ValidationFailed, and Conflict when the address is taken.
    """
    values, faults = await with_company_id(con, context, contact.model_dump(exclude_unset=True))
    whole = {**contact.model_dump(), **values}
    whole["external_ids"] = values.get("external_ids", {})
    # Who names a company has chosen, and be it none or one that is not there.
    has_chosen = faults or "company_id" in values
    domains = [] if has_chosen else own_domains(values.get("email", ""))
    async with con.transaction():
        held = await _hold_owner(con, context, domains)
        return await changes.create(con, context, sql.CONTACT, whole, faults=faults, held=held)


async def update_contact(
    con: Connection, context: Context, id: UUID, patch: ContactPatch
) -> Answer:
    """Changes a contact.

    Raises NotFound, PreconditionFailed, ValidationFailed, and Conflict when the address is taken.
    """
    sent, faults = await with_company_id(con, context, patch.model_dump(exclude_unset=True))
    decision = changes.Decision(columns=lambda _: sent, faults=lambda _: faults)
    return await changes.update(con, context, sql.CONTACT, id, sent, decision)


async def find_or_create_contact(
    con: Connection, context: Context, email: str, name: str | None, company_id: UUID | None
) -> tuple[Row, tuple[str, ...]]:
    """The contact with this address, made with name and company if there is none.

    Where no company is named, a new one joins the company that owns its domain. One that is there
    and has no company gets the one that is named. Answers its row (`id`, `company_id`) and the
    types of the events. Needs a transaction.
    """
    key = (context.workspace_id, email)
    domains = own_domains(email) if company_id is None else []
    found = or_404(await con.fetchrow(sql.HOLD_BY_EMAIL, *key, domains), sql.CONTACT.noun)
    if found["id"] is None:
        owners = found["owners"] or []
        owner = {"company_id": owners[0]} if owners else {}
        new, has_gone = _new(email, name, company_id), owners == [None]
        events = () if has_gone else await _create_if_missing(con, context, new, owner)
        if not events:
            return await find_or_create_contact(con, context, email, name, company_id)
        return or_404(await con.fetchrow(sql.FIND_BY_EMAIL, *key), sql.CONTACT.noun), events
    row = or_404(await con.fetchrow(sql.FIND_BY_EMAIL, *key), sql.CONTACT.noun)
    if company_id is None or row["company_id"] is not None:
        return row, ()
    sent = {"company_id": str(company_id)}
    events = (await changes.update(con, context, sql.CONTACT, row["id"], sent)).events
    return or_404(await con.fetchrow(sql.FIND_BY_EMAIL, *key), sql.CONTACT.noun), events


async def _hold_owner(con: Connection, context: Context, domains: list[str]) -> Values:
    """The company that owns the closest of the domains, if any, kept from being deleted."""
    if not domains:
        return {}
    row = await con.fetchrow(sql.FIND_OWNER, context.workspace_id, domains)
    if row is None:
        return {}
    has_gone = row["id"] is None
    return await _hold_owner(con, context, domains) if has_gone else {"company_id": row["id"]}


def _new(email: str, name: str | None, company_id: UUID | None) -> dict[str, object]:
    return {
        "email": email,
        "name": name,
        "image_url": None,
        "company_id": None if company_id is None else str(company_id),
        "is_subscribed": True,
        "external_ids": {},
    }


async def _create_if_missing(
    con: Connection, context: Context, values: Values, held: Values
) -> tuple[str, ...]:
    """The types of the events; none where somebody else has made the same contact just now."""
    try:
        async with con.transaction():  # a savepoint
            return (await changes.create(con, context, sql.CONTACT, values, held=held)).events
    except Conflict:
        return ()


async def with_company_id(
    con: Connection, context: Context, sent: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What was sent, with the id of the company that it names otherwise; and what is wrong."""
    values = {name: value for name, value in sent.items() if name not in _SELECTORS}
    selector = next((name for name in _SELECTORS if name in sent), None)
    if selector is None:
        return values, []
    names = [sent.get(each) for each in _SELECTORS]
    rows = await con.fetch(sql.FIND_COMPANIES, context.workspace_id, *names)
    if len(rows) > 1:
        return values, [f"{selector}: several companies are called so; name it by company_id"]
    if rows:
        values["company_id"] = str(rows[0]["id"])
    return values, unknown_reference(sent, selector, "company", rows)
