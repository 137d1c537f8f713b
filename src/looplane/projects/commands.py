"""What can be done with projects."""

from collections.abc import Mapping
from uuid import UUID

from looplane import changes
from looplane.changes import refuse
from looplane.kit.answers import Answer
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.references import missing, sought
from looplane.projects import rules, sql
from looplane.projects.schemas import ProjectCreate, ProjectPatch

_CHOICE = ("state", "linear_status_id")


async def create_project(con: Connection, by: By, project: ProjectCreate) -> Answer:
    """Makes a project in a team. Raises ValidationFailed."""
    sent = {"state": "backlog"} if not project.model_fields_set & set(_CHOICE) else {}
    sent |= project.model_dump(exclude_unset=True)
    found = await sql.find_named(con, by, sought(sent, "team_id"), *_chosen(sent))
    faults = missing(sent, "team_id", "team", found["team_found"])
    refuse(faults + rules.status_faults(sent, found))
    links = {"team_id": found["team_found"], "linear_status_id": found["status_found"]}
    return await changes.create(con, by, sql, {**project.model_dump(), **links})


async def update_project(con: Connection, by: By, id: UUID, patch: ProjectPatch) -> Answer:
    """Changes a project. Raises NotFound, PreconditionFailed, ValidationFailed."""
    sent = patch.model_dump(exclude_unset=True)
    plain = {name: value for name, value in sent.items() if name not in _CHOICE}

    def decide(row: Row) -> dict[str, object]:
        refuse(rules.status_faults(sent, row))
        return {**plain, **rules.next_status(sent, row)}

    return await changes.update(con, by, sql, id, decide, *_chosen(sent), also=rules.ends)


async def delete_project(con: Connection, by: By, id: UUID) -> Answer:
    """Deletes a project; no thread shows a need of it any more. Raises as an update does."""
    return await changes.delete(con, by, sql, id)


def _chosen(sent: Mapping[str, object]) -> tuple[UUID | None, object]:
    """The status by its id or else by its type, as PICK takes it."""
    by_id = "linear_status_id" in sent
    return sought(sent, "linear_status_id"), None if by_id else sent.get("state")
