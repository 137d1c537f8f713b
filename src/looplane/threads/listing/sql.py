"""Which threads a filter means, as conditions in SQL: for the list, and whatever asks like it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from looplane import queries
from looplane.contacts.sql import external_id_filter
from looplane.filters import exists
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import ValidationFailed
from looplane.kit.ids import parse_id
from looplane.kit.paging import Conditions
from looplane.threads.listing.schemas import ThreadFilter
from looplane.threads.schemas import Tab
from looplane.threads.sql import THREAD

# The tabs that are the same for everyone.
_TABS = {
    "open": "t.status = 'open'",
    "new": "t.state = 'new'",
    "snoozed": "t.status = 'snoozed'",
    "done": "t.status = 'done'",
}
# Filters by what a thread says itself, and by what it names, which must still be there.
_OWN = ("status", "pain_level", "origin")
_NAMED = {"assignee_id": "members", "contact_id": "contacts", "company_id": "companies"}
_NEEDED = {"project_id": "projects", "issue_id": "issues"}
_EXTERNAL_ID = external_id_filter("t", "threads")
# Our answer is due.
WAITS = "t.status = 'open' and t.needs_response"


async def conditions_of(con: Connection, context: Context, filter: ThreadFilter) -> Conditions:
    """The conditions of `filter` on `threads t`, as the caller sees them; $2 is the member.

    Raises ValidationFailed for a tab that a key without a member has not.
    """
    conditions = Conditions(THREAD.alias, context.workspace_id, context.member_id)
    await add_conditions(con, context, filter, conditions)
    return conditions


async def add_conditions(
    con: Connection, context: Context, filter: ThreadFilter, conditions: Conditions
) -> None:
    """Adds the conditions of `filter` to such `conditions`. Raises ValidationFailed as well."""
    if filter.tab is not None:
        _add_tab(conditions, context, filter.tab)
    _add_own(conditions, filter)
    _add_links(conditions, filter)
    _add_tags(conditions, filter)
    _add_company(conditions, filter)
    if (seconds := filter.waiting_longer_than) is not None:
        since = context.clock() - timedelta(seconds=seconds)
        conditions.add(f"{WAITS} and t.waiting_since < {{0}}", since)
    await queries.add_dates(con, context, THREAD, filter, conditions)


def ids_of(names: Sequence[str]) -> list[UUID]:
    """The ids among `names`; what no id is spelled like names nothing."""
    return [id for id in map(parse_id, names) if id is not None]


def there(table: str) -> str:
    """SQL for those of the ids `{0}` that are there; looked up once, not for each row."""
    return (
        f"array(select x.id from {table} x"
        " where x.workspace_id = $1 and x.id = any ({0}) and x.deleted_at is null)"
    )


def _add_tab(conditions: Conditions, context: Context, tab: Tab) -> None:
    if tab in _TABS:
        conditions.add(_TABS[tab])
        return
    if context.member_id is None:
        raise ValidationFailed([f"tab: {tab} needs a key that belongs to a member"])
    waiting = " and t.needs_response" if tab == "needs-response" else ""
    conditions.add(f"t.assignee_id = $2 and t.status = 'open'{waiting}")


def _add_own(conditions: Conditions, filter: ThreadFilter) -> None:
    for name in _OWN:
        match getattr(filter, name):
            case [value]:
                conditions.add(f"t.{name} = {{0}}", value)
            case [*values] if values:
                conditions.add(f"t.{name} = any ({{0}})", values)


def _add_links(conditions: Conditions, filter: ThreadFilter) -> None:
    for name, table in _NAMED.items():
        match getattr(filter, name):
            case [value]:
                conditions.add(f"t.{name} = {{0}} and {exists(table)}", parse_id(value))
            case [*values] if values:
                conditions.add(f"t.{name} = any ({there(table)})", ids_of(values))
    for name, table in _NEEDED.items():
        if (values := getattr(filter, name)) is not None:
            needed = f"n.workspace_id = $1 and n.thread_id = t.id and n.{name}"
            clause = f"exists (select from customer_needs n where {needed} = any ({there(table)}))"
            conditions.add(clause, ids_of(values))
    if filter.external_id is not None:
        conditions.add(_EXTERNAL_ID.clause, filter.external_id)
    if filter.unassigned is not None:
        conditions.add(f"t.assignee_id is {'' if filter.unassigned else 'not '}null")


def _add_tags(conditions: Conditions, filter: ThreadFilter) -> None:
    tagged = "select from thread_tags tt where tt.workspace_id = $1 and tt.thread_id = t.id"
    of_tags = f"{tagged} and tt.tag_id = any ({there('tags')})"
    if filter.tag_id is not None:
        conditions.add(f"exists ({of_tags})", ids_of(filter.tag_id))
    if filter.tag_none is not None:
        conditions.add(f"not exists ({of_tags})", ids_of(filter.tag_none))
    for value in filter.tag_all or ():
        own = f"exists ({tagged} and tt.tag_id = {{0}})"
        conditions.add(f"{own} and {exists('tags')}", parse_id(value))


def _add_company(conditions: Conditions, filter: ThreadFilter) -> None:
    if (clause := company_clause(conditions, filter)) is not None:
        of_thread = f"co.workspace_id = $1 and co.id = t.company_id and {clause}"
        conditions.add(f"exists (select from companies co where {of_thread})")


def company_clause(conditions: Conditions, filter: ThreadFilter) -> str | None:
    """What must hold of the company `co` of a thread; None where nothing is asked of it."""
    clauses = []
    if filter.company_tier is not None:
        clauses.append(f"co.tier_id = any ({conditions.number(ids_of(filter.company_tier))})")
    for bound, sign in (("min", ">="), ("max", "<=")):
        if (revenue := getattr(filter, f"company_revenue_{bound}")) is not None:
            clauses.append(f"co.revenue {sign} {conditions.number(revenue)}")
    return " and ".join(["co.deleted_at is null", *clauses]) if clauses else None
