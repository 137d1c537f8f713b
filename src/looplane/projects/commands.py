"""What can be done with projects, beside what can be done with every thing."""

from collections.abc import Mapping
from uuid import UUID

from looplane import changes, queries
from looplane.events import Values
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.references import reference_id
from looplane.kit.responses import Answer
from looplane.projects import rules, sql
from looplane.projects.schemas import ProjectCreate, ProjectPatch, ProjectQuery
from looplane.resource_inverses import inverses_of

_CHOICE = ("state", "linear_status_id")


async def create_project(con: Connection, context: Context, project: ProjectCreate) -> Answer:
    """Makes a project in a team. Raises ValidationFailed."""
    sent = project.model_dump(exclude_unset=True)
    if not sent.keys() & set(_CHOICE):
        sent["state"] = "backlog"
    status = await sql.find_status(con, context, *_chosen(sent))
    faults = rules.status_faults(sent, status)
    values = {**project.model_dump(), "linear_status_id": status["chosen_id"]}
    return await changes.create(con, context, sql.PROJECT, values, faults=faults)


async def update_project(
    con: Connection, context: Context, id: UUID, patch: ProjectPatch
) -> Answer:
    """Changes a project. Raises NotFound, PreconditionFailed, ValidationFailed."""
    sent = patch.model_dump(exclude_unset=True)
    return await changes.update(con, context, sql.PROJECT, id, sent, decide(con, context, sent))


def decide(_con: Connection, _context: Context, sent: Values) -> changes.Decision:
    """How a change of a project to what was sent is decided."""
    plain = {name: value for name, value in sent.items() if name not in _CHOICE}
    return changes.Decision(
        columns=lambda row: {**plain, **rules.next_status(sent, row)},
        faults=lambda row: rules.status_faults(sent, row),
        more_events=rules.ending,
        thread_ids=lambda row: row["thread_ids"],
        holds_row=bool(sent.keys() & set(_CHOICE)),
        find=sql.FIND_WITH_CHOSEN_STATUS,
        find_by=_chosen(sent),
    )


async def list_projects(con: Connection, context: Context, query: ProjectQuery) -> Answer:
    """A page of projects, the newest or those with the highest score first."""
    conditions = await queries.conditions_of(con, context, sql.PROJECT, query)
    listing = sql.BY_SCORE if query.sort == "total_score" else sql.PROJECT.listing
    return Answer(await listing.fetch(con, conditions, query))


def _chosen(sent: Mapping[str, object]) -> tuple[UUID | None, object]:
    """The status by its id or else by its type."""
    by_id = "linear_status_id" in sent
    return reference_id(sent, "linear_status_id"), None if by_id else sent.get("state")


INVERSES = inverses_of(sql.PROJECT, decide=decide, told_along=("completed", "canceled"))
