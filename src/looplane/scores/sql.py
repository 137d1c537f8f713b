"""Which threads ask for a project or an issue, and what each of them adds to its score."""

from uuid import UUID

from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.cursors import NUMBER
from looplane.kit.database import Connection
from looplane.kit.paging import Listing
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import columns, json_object
from looplane.resources import Resource
from looplane.scores.schemas import ScoreQuery

# As many threads as an event names; all of them are in a list of their own.
MAX_NAMED_THREADS = 1000
# What a thread adds to the score, to the last digit.
_CONTRIBUTION = "pain_weight(t.pain_level) + n.priority::numeric"
_LINE = json_object(
    {"thread_id": "s.id"}
    | columns("s", "customer_need_id", "title", "pain_level", "pain_weight", "priority")
    | columns("s", "contribution")
)


def _link(resource: Resource) -> str:
    """The column of a customer need that names what is asked for."""
    return f"{resource.noun}_id"


def threads_of(resource: Resource) -> str:
    """SQL for the ids of the first threads that ask for it, as an array. $1 workspace, $2 id."""
    return f"""
array(select n.thread_id from customer_needs n
  join threads t on t.workspace_id = n.workspace_id and t.id = n.thread_id and t.deleted_at is null
  where n.workspace_id = $1 and n.{_link(resource)} = $2
  order by n.thread_id limit {MAX_NAMED_THREADS})"""


def _lines(resource: Resource) -> Listing:
    """What counted, the greatest first; $2 is what is asked for."""
    counted = f"""(
  select t.workspace_id, t.id, t.deleted_at, t.title, t.pain_level, n.id as customer_need_id,
    n.priority, pain_weight(t.pain_level) as pain_weight, {_CONTRIBUTION} as contribution
  from customer_needs n
  join threads t on t.workspace_id = n.workspace_id and t.id = n.thread_id
  where n.workspace_id = $1 and n.{_link(resource)} = $2) s"""
    # A cursor holds numbers as floating point: so they are compared.
    key = "s.contribution::double precision"
    return Listing("s", counted, _LINE, key=key, key_type=NUMBER)


def _statement(resource: Resource, lines: str) -> str:
    """The score beside each of the `lines` of a page; without any of them, beside one of nulls."""
    totals = json_object({"total_score": "x.score", "thread_count": "x.thread_count"})
    return f"""
select {totals}::text as totals, line.*
from {resource.table} x left join ({lines}) line on true
where x.workspace_id = $1 and x.id = $2 and x.deleted_at is null
order by line.page_key desc, line.id desc"""


async def explain_score(
    con: Connection, context: Context, resource: Resource, id: UUID, query: ScoreQuery
) -> Answer:
    """The score of a project or an issue, and a page of what counted. Raises NotFound.

    Both are read at one moment, so that they fit each other.
    """
    listing = _lines(resource)
    conditions = Conditions(listing.alias, context.workspace_id, id)
    statement = _statement(resource, listing.ask(conditions, query))
    rows = await con.fetch(statement, *conditions.values)
    totals: str = or_404(rows[0]["totals"] if rows else None, resource.noun)
    page = listing.page([row for row in rows if row["id"] is not None], query)
    return Answer(f"{totals[:-1]}, {page[1:]}")
