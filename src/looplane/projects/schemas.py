"""Projects and their statuses on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.kit.paging import DatedQuery, PageInfo
from looplane.kit.schema import Closed, Color, Name, Reference, Text, absent

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
Score = Annotated[
    float,
    Field(
        description="The sum over the threads that ask for it: the pain level of each (`UNKNOWN` "
        "and `LOW` 1, `MEDIUM` 2, `HIGH` 3) plus the priority of its customer need."
    ),
]


class StatusRef(Closed):
    id: str
    name: str
    type: State


class ProjectOut(Closed):
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
    thread_count: Annotated[int, Field(description="How many threads ask for it.")]
    created_at: str
    updated_at: str


class ProjectPage(Closed):
    data: list[ProjectOut]
    page: PageInfo


class ProjectCreate(Closed):
    name: Name
    team_id: Reference
    description: Text | None = None
    icon: Icon | None = None
    color: Color | None = None
    state: ChosenState = absent()
    linear_status_id: StatusId = absent()
    is_visible: bool = False


class ProjectPatch(Closed):
    name: Name = absent()
    description: Text | None = None
    icon: Icon | None = None
    color: Color | None = None
    state: ChosenState = absent()
    linear_status_id: StatusId = absent()
    is_visible: bool = absent()


class ProjectQuery(DatedQuery):
    state: State | None = None
    name_contains: Name | None = None
    linear_team_id: Reference | None = None
    sort: Literal["created_at", "total_score"] = "created_at"


class ProjectStatusOut(StatusRef):
    color: str
    position: int


class ProjectStatusPage(Closed):
    data: list[ProjectStatusOut]
    page: PageInfo
