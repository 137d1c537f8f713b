"""Projects and their statuses on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.kit.paging import DatedQuery, page_of
from looplane.kit.schema import (
    Color,
    Description,
    Name,
    Reference,
    StrictModel,
    Timestamp,
    optional,
)
from looplane.scores.schemas import Score, ThreadCount

State = Literal["backlog", "planned", "started", "completed", "canceled"]
ChosenState = Annotated[
    State,
    Field(
        description="Chooses the first status of this type. `backlog` when a project is made and "
        "no status is named; on an update a status that is of this type already stays."
    ),
]
StatusId = Annotated[
    Reference, Field(description="Names exactly one status; beside `state` it must be of it.")
]
Icon = Annotated[Name, Field(description="Name of an icon.")]


class StatusRef(StrictModel):
    id: str
    name: str
    type: State


class ProjectOut(StrictModel):
    id: str
    team_id: str
    name: str
    description: str | None
    icon: str | None
    color: str | None
    state: State
    linear_status_id: str
    status: StatusRef
    is_visible: bool
    total_score: Score
    thread_count: ThreadCount
    created_at: Timestamp
    updated_at: Timestamp


class ProjectCreate(StrictModel):
    name: Name
    team_id: Reference
    description: Description | None = None
    icon: Icon | None = None
    color: Color | None = None
    state: ChosenState = optional()
    linear_status_id: StatusId = optional()
    is_visible: bool = False


class ProjectPatch(StrictModel):
    name: Name = optional()
    description: Description | None = None
    icon: Icon | None = None
    color: Color | None = None
    state: ChosenState = optional()
    linear_status_id: StatusId = optional()
    is_visible: bool = optional()


class ProjectQuery(DatedQuery):
    state: State | None = None
    name_contains: Name | None = None
    linear_team_id: Reference | None = None
    sort: Literal["created_at", "total_score"] = "created_at"


class ProjectStatusOut(StatusRef):
    color: str
    position: int


ProjectStatusPage = page_of(ProjectStatusOut)
