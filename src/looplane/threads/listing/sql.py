"""Which threads a filter means, as conditions in SQL: for the list, and whatever asks like it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from looplane import queries
from looplane.contacts.sql import external_id_filter
from looplane.filters import exists
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import ValidationFailed
from looplane.kit.ids import parse_id
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
# Filters by what a thread names, which must still be there.
NAMED = {"assignee_id": "members", "contact_id": "contacts", "company_id": "companies"}
NEEDED = {"project_id": "projects", "issue_id": "issues"}
_EXTERNAL_ID = external_id_filter("t", "threads")
# Asks for the tags of each thread that is looked at. As a join, all threads that have a tag would
# be read first, which is right only where many are looked at.
_OF_EACH = " offset 0 rows"
# Our answer is due.
WAITS = "t.status = 'open' and t.needs_response"


async def conditions_of(con: Connection, context: Context, filter: ThreadFilter) -> Conditions:
    """The conditions of `filter` on `threads t`, as the caller sees them; $2 is the member.

    Raises ValidationFailed for a tab that a key without a member has not.
    """
    conditions, _ = await add_conditions(con, context, filter)
    return conditions


async def add_conditions(
    con: Connection, context: Context, filter: ThreadFilter, also: ThreadFilter | None = None
) -> tuple[Conditions, bool]:
    """The same, by the names of the filters; and whether they say already which few threads.

    What `also` asks for must be met as well, and stands by no name.
    """
    conditions = Conditions(THREAD.alias, context.workspace_id, context.member_id)
    are_few = await _add(con, context, filter, conditions)
    if also is not None:
        named, parameters = dict(conditions.named), dict(conditions.parameters)
        are_few |= await _add(con, context, also, conditions)
        conditions.named, conditions.parameters = named, parameters
    return conditions, are_few


async def _add(
    con: Connection, context: Context, filter: ThreadFilter, conditions: Conditions
) -> bool:
    if filter.tab is not None:
        _add_tab(conditions, context, filter.tab)
    _add_own(conditions, filter)
    _add_links(conditions, filter)
    _add_tags(conditions, filter)
    _add_company(conditions, filter)
    if (seconds := filter.waiting_longer_than) is not None:
        since = context.clock() - timedelta(seconds=seconds)
        clause = f"{WAITS} and t.waiting_since < {{0}}"
        conditions.add(clause, since, name="waiting_longer_than")
    few = await queries.add_dates(con, context, THREAD, filter, conditions)
    return few or filter.external_id is not None


def of_many(conditions: Conditions) -> str:
    """The same conditions, for SQL that may look at many threads."""
    return str(conditions).replace(_OF_EACH, "")


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
        conditions.add(_TABS[tab], name="tab")
        return
    if context.member_id is None:
        raise ValidationFailed([f"tab: {tab} needs a key that belongs to a member"])
    waiting = " and t.needs_response" if tab == "needs-response" else ""
    conditions.add(f"t.assignee_id = $2 and t.status = 'open'{waiting}", name="tab")


def _add_own(conditions: Conditions, filter: ThreadFilter) -> None:
    # Of a few words that are known, and so written out: an index may be of one of them alone.
    for name in ("status", "pain_level"):
        if (values := getattr(filter, name)) is not None:
            conditions.add(is_any(name, values), name=name)
    if filter.origin is not None:
        conditions.add("t.origin = any ({0})", filter.origin, name="origin")
    if filter.unassigned is not None:
        clause = f"t.assignee_id is {'' if filter.unassigned else 'not '}null"
        conditions.add(clause, name="unassigned")


def is_any(name: str, words: Sequence[str]) -> str:
    """SQL for a thread whose `name` is one of these words, of which each is one of our own."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"t.{name} = {listed}" if len(words) == 1 else f"t.{name} in ({listed})"


def _add_links(conditions: Conditions, filter: ThreadFilter) -> None:
    for name, table in NAMED.items():
        match getattr(filter, name):
            case [value]:
                clause = f"t.{name} = {{0}} and {exists(table)}"
                conditions.add(clause, parse_id(value), name=name)
            case [*values] if values:
                clause = f"t.{name} = any ({there(table)})"
                conditions.add(clause, ids_of(values), name=name)
    for name, table in NEEDED.items():
        if (values := getattr(filter, name)) is not None:
            needed = f"n.workspace_id = $1 and n.thread_id = t.id and n.{name}"
            clause = f"exists (select from customer_needs n where {needed} = any ({there(table)}))"
            conditions.add(clause, ids_of(values), name=name)
    if filter.external_id is not None:
        conditions.add(_EXTERNAL_ID.clause, filter.external_id)


def _add_tags(conditions: Conditions, filter: ThreadFilter) -> None:
    tagged = "select from thread_tags tt where tt.workspace_id = $1 and tt.thread_id = t.id"
    of_tags = f"{tagged} and tt.tag_id = any ({there('tags')}){_OF_EACH}"
    if filter.tag_id is not None:
        conditions.add(f"exists ({of_tags})", ids_of(filter.tag_id), name="tag_id")
    if filter.tag_none is not None:
        conditions.add(f"not exists ({of_tags})", ids_of(filter.tag_none), name="tag_none")
    for number, value in enumerate(filter.tag_all or ()):
        own = f"exists ({tagged} and tt.tag_id = {{0}}{_OF_EACH})"
        clause = f"{own} and {exists('tags')}"
        conditions.add(clause, parse_id(value), name=f"tag_all.{number}")


def _add_company(conditions: Conditions, filter: ThreadFilter) -> None:
    """What must hold of the company `co`; it stands by the name `company` alone."""
    clauses = []
    if filter.company_tier is not None:
        clauses.append(f"co.tier_id = any ({conditions.number(ids_of(filter.company_tier))})")
    for bound, sign in (("min", ">="), ("max", "<=")):
        if (revenue := getattr(filter, f"company_revenue_{bound}")) is not None:
            clauses.append(f"co.revenue {sign} {conditions.number(revenue)}")
    if clauses:
        of_thread = " and ".join(["co.workspace_id = $1", "co.deleted_at is null", *clauses])
        conditions.add(
            f"exists (select from companies co where co.id = t.company_id and {of_thread})"
        )
        conditions.named["company"] = of_thread
