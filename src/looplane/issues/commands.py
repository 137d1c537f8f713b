"""What can be done with issues, beside what can be done with every thing."""

from uuid import UUID

from looplane import changes, queries
from looplane.events import Values
from looplane.issues import rules, sql
from looplane.issues.schemas import IssueCreate, IssuePatch, IssueQuery
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.references import reference_id
from looplane.kit.responses import Answer
from looplane.resource_inverses import inverses_of


async def create_issue(con: Connection, context: Context, issue: IssueCreate) -> Answer:
    """Makes an issue in a team. Raises ValidationFailed."""
    sent = issue.model_dump()
    found = await sql.find_state(con, context, sent)
    faults = rules.state_faults(sent, found)
    values = {**sent, "state_id": found["chosen_id"]}
    return await changes.create(con, context, sql.ISSUE, values, faults=faults)


async def update_issue(con: Connection, context: Context, id: UUID, patch: IssuePatch) -> Answer:
    """Changes an issue. Raises NotFound, PreconditionFailed, ValidationFailed."""
    sent = patch.model_dump(exclude_unset=True)
    return await changes.update(con, context, sql.ISSUE, id, sent, decide(con, context, sent))


def decide(_con: Connection, _context: Context, sent: Values) -> changes.Decision:
    """How a change of an issue to what was sent is decided."""
    return changes.Decision(
        columns=lambda row: {**sent, **rules.next_state(row)},
        faults=lambda row: rules.state_faults(sent, row),
        more_events=rules.ending,
        thread_ids=lambda row: row["thread_ids"],
        holds_row="state_id" in sent,
        find=sql.FIND_WITH_CHOSEN_STATE,
        find_by=(reference_id(sent, "state_id"),),
    )


async def list_issues(con: Connection, context: Context, query: IssueQuery) -> Answer:
    """A page of issues, the newest or those with the highest score first."""
    conditions = await queries.conditions_of(con, context, sql.ISSUE, query)
    listing = sql.BY_SCORE if query.sort == "total_score" else sql.ISSUE.listing
    return Answer(await listing.fetch(con, conditions, query))


INVERSES = inverses_of(sql.ISSUE, decide=decide, told_along=("completed", "canceled"))
